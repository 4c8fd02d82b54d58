# What the open pack has not: the skewness of a sample, the intervals of the Hodges-Lehmann shift and of the standardised
# difference of two shares.
#   Rscript groups.R      (in this directory, after make.R; Debian: r-base-core r-cran-jsonlite)
# Writes expected/groups.json in the schema of the open pack, from data/readers.csv.
suppressMessages(library(jsonlite))

cases <- list()
case <- function(id, kind, inputs, call, tolerance = list(default = list(rel = 1e-8, abs = 1e-10))) {
  d <- read.csv("data/readers.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "readers.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# Joanes & Gill 1998: G1, as SAS and SPSS print it.
lean <- 'x <- d[[value]]; x <- x[!is.na(x)]; n <- length(x)
list(n = n, skewness = mean((x - mean(x))^3)/mean((x - mean(x))^2)^1.5*sqrt(n*(n - 1))/(n - 2))'
for (v in c("reader_a", "reader_c", "ca_lab")) case(paste0("skewness.", v), "skewness", list(value = v), lean)

# wilcox.test searches the limits of the normal interval to about 1e-4; those of the exact one are differences.
shift <- 's <- split(d[[value]], d$group); s <- lapply(s, function(x) head(x[!is.na(x)], most)); if (jitter) s <- Map(function(x, k) x + k*seq_along(x)/9973, s, c(1, sqrt(2)))
w <- suppressWarnings(wilcox.test(s$control, s$MHD, conf.int = TRUE, exact = exact))
list(ci_low = w$conf.int[1], ci_high = w$conf.int[2])'
near <- list(default = list(rel = 0, abs = 2e-4))
case("shift.exact", "hodges_lehmann_interval", list(value = "ca_lab", most = 40, jitter = TRUE, exact = TRUE), shift)
case("shift.few", "hodges_lehmann_interval", list(value = "ca_lab", most = 6, jitter = TRUE, exact = TRUE), shift)
case("shift.normal", "hodges_lehmann_interval", list(value = "ca_lab", most = 40, jitter = TRUE, exact = FALSE), shift, near)
case("shift.tied", "hodges_lehmann_interval", list(value = "ca_lab", most = 40, jitter = FALSE, exact = FALSE), shift, near)
case("shift.scores", "hodges_lehmann_interval", list(value = "reader_a", most = 40, jitter = FALSE, exact = FALSE), shift, near)

# Yang & Dalton 2012: the variance of Hedges & Olkin for the standardised difference of shares too.
share <- 'p <- tapply(d[[value]] >= least, d$group, mean); n <- table(d$group); a <- p[["control"]]; b <- p[["MHD"]]
smd <- (a - b)/sqrt((a*(1 - a) + b*(1 - b))/2); se <- sqrt(sum(1/n) + smd^2/(2*sum(n)))
list(smd = smd, se = se, ci_low = smd - qnorm(.975)*se, ci_high = smd + qnorm(.975)*se)'
for (least in c(1, 6)) case(paste0("share.", least), "standardised_share", list(value = "reader_a", least = least), share)

sha <- sub(" .*", "", system2("sha256sum", "data/readers.csv", stdout = TRUE))
out <- list(schema = "cohort-stats-reference/1", file = "groups",
            environment = list(R = R.version.string, platform = R.version$platform,
                               packages = list(jsonlite = as.character(packageVersion("jsonlite")))),
            data_sha256 = list(readers.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/groups.json")
