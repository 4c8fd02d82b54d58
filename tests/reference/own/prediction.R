# What the open pack has not: reclassification, errors clustered by site, calibration with many tied risks.
#   Rscript prediction.R      (in this directory; Debian: r-cran-hmisc r-cran-sandwich r-cran-jsonlite)
# Writes data/risks.csv and expected/prediction.json in the schema of the open pack.
suppressMessages({library(Hmisc); library(sandwich); library(jsonlite)})

set.seed(20261123)
n <- 240
x <- rnorm(n); z <- rnorm(n); site <- sample(letters[1:8], n, TRUE); shift <- rnorm(8, sd = .5)[match(site, letters)]
y <- rbinom(n, 1, plogis(-1 + x + .7*z + shift))
d <- data.frame(id = seq_len(n), site, x = round(x, 2), z = round(z, 2), y)
d$old <- round(plogis(-1 + x), 2); d$new <- round(plogis(-1 + x + .7*z), 2)
write.csv(d, "data/risks.csv", row.names = FALSE, na = "", quote = FALSE)

cases <- list()
case <- function(id, kind, inputs, call, tolerance = list(default = list(rel = 1e-8, abs = 1e-10))) {
  d <- read.csv("data/risks.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "risks.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

improve <- 'h <- Hmisc::improveProb(d[[old]], d[[new]], d[[y]])
list(n = h$n, nri = h$nri, nri_se = h$se.nri, nri_z = h$z.nri, nri_cases = h$nri.ev, nri_controls = h$nri.ne,
     idi = h$idi, idi_se = h$se.idi, idi_z = h$z.idi)'
case("improve.old_new", "reclassification", list(y = "y", old = "old", new = "new"), improve)
case("improve.new_old", "reclassification", list(y = "y", old = "new", new = "old"), improve)

clustered <- 'm <- glm(reformulate(vars, y), binomial, d, control = glm.control(1e-14, 100)); m <- update(m, start = coef(m))
v <- sandwich::vcovCL(m, cluster = d[[site]], type = "HC0", cadjust = FALSE)
list(beta = I(unname(coef(m))), se = I(unname(sqrt(diag(v)))))'
case("clustered.site", "clustered_logistic", list(y = "y", vars = c("x", "z"), site = "site"), clustered)

smooth <- 'p <- d[[risk]]; o <- d[[y]]; a <- abs(predict(loess(o ~ p)) - p); s <- lowess(p, o, iter = 0)
b <- abs(p - approx(s, xout = p, ties = mean)$y); e <- function(v) list(mean = mean(v), median = median(v), ninetieth = unname(quantile(v, .9)), largest = max(v))
list(loess = e(a), lowess = e(b))'
for (r in c("old", "new")) case(paste0("smooth.", r), "calibration_smooth", list(y = "y", risk = r), smooth)

sha <- sub(" .*", "", system2("sha256sum", "data/risks.csv", stdout = TRUE))
versions <- sapply(c("Hmisc", "sandwich", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "prediction",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(risks.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/prediction.json")
