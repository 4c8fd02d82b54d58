# What the open pack has not: agreement of readers and methods, differences of correlations.
#   Rscript make.R      (in this directory; Debian: r-base-core r-cran-psych r-cran-jsonlite)
# Writes data/readers.csv and expected/agreement.json in the schema of the open pack.
suppressMessages({library(psych); library(jsonlite)})

# --- made-up readings: two hidden truths, three readers with a bias, whole scores 0..24; a second method for calcium
set.seed(20261122)
n <- 80
truth <- pmin(24, rnbinom(n, mu = 7, size = 1.2))
read <- function(bias, noise) pmax(0, pmin(24, round(truth + bias + rnorm(n, sd = noise))))
d <- data.frame(id = seq_len(n), reader_a = read(0, 1), reader_b = read(0.6, 1.4), reader_c = read(-0.4, 2))
d$reader_c[c(7, 30, 31)] <- NA
grade <- function(v) cut(v, c(-1, 0, 5, 15, 24), labels = c("none", "mild", "moderate", "severe"))
d$grade_a <- grade(d$reader_a); d$grade_b <- grade(d$reader_b)
d$ca_lab <- round(rnorm(n, 2.3, 0.15), 2); d$ca_bedside <- round(d$ca_lab * 1.03 - 0.04 + rnorm(n, sd = 0.05), 2)
d$ca_bedside[12] <- NA
d$group <- rep(c("control", "MHD"), each = n / 2)
write.csv(d, "data/readers.csv", row.names = FALSE, na = "", quote = FALSE)

tight <- list(default = list(rel = 1e-8, abs = 1e-10))
cases <- list()
case <- function(id, kind, inputs, call, tolerance = tight) {
  d <- read.csv("data/readers.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "readers.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# psych::ICC with lmer = FALSE takes the mean squares of aov; patients with a gap are left out.
icc <- 'm <- as.matrix(d[readers]); m <- m[complete.cases(m), ]; r <- psych::ICC(m, lmer = FALSE)$results
list(n = nrow(m), k = ncol(m), n_incomplete = nrow(d) - nrow(m), icc = I(r$ICC), f = I(r$F), df1 = I(r$df1), df2 = I(r$df2),
     p = I(r$p), ci_low = I(r[["lower bound"]]), ci_high = I(r[["upper bound"]]))'
case("icc.three_readers", "icc", list(readers = c("reader_a", "reader_b", "reader_c")), icc)
case("icc.two_readers", "icc", list(readers = c("reader_a", "reader_b")), icc)
case("icc.two_methods", "icc", list(readers = c("ca_lab", "ca_bedside")), icc)

# Bland & Altman 1999, section 2: limits bias +- z sd, each with standard error sd sqrt(1/n + z^2/(2(n - 1))).
limits <- 'ok <- complete.cases(d[[first]], d[[second]]); a <- d[[first]][ok]; b <- d[[second]][ok]; h <- t.test(a, b, paired = TRUE)
n <- length(a); s <- sd(a - b); z <- qnorm(.975); bias <- mean(a - b); w <- qt(.975, n - 1) * s * sqrt(1/n + z^2/(2*(n - 1)))
p <- cor.test(a - b, (a + b)/2)
list(n = n, bias = bias, bias_low = h$conf.int[1], bias_high = h$conf.int[2], sd = s, lower = bias - z*s, lower_low = bias - z*s - w,
     lower_high = bias - z*s + w, upper = bias + z*s, upper_low = bias + z*s - w, upper_high = bias + z*s + w,
     proportional_r = unname(p$estimate), proportional_p = p$p.value)'
case("limits.methods", "limits_of_agreement", list(first = "ca_bedside", second = "ca_lab"), limits)
case("limits.readers", "limits_of_agreement", list(first = "reader_a", second = "reader_b"), limits)

# Standard error by the delta method, differentiated numerically: psych 2.2.9 gives another one with weights (its unweighted
# one is the same), which is neither this nor the formula of Fleiss, Cohen & Everitt (1969).
kappa <- 't <- table(factor(d[[first]], levels), factor(d[[second]], levels)); k <- length(levels); g <- abs(outer(1:k, 1:k, "-"))/(k - 1)
w <- switch(weights, none = 1*(g == 0), linear = 1 - g, quadratic = 1 - g^2)
f <- function(p) { e <- sum(w * outer(rowSums(p), colSums(p))); (sum(w * p) - e)/(1 - e) }
p <- unclass(t)/sum(t); h <- 1e-4; slope <- matrix(0, k, k)
for (i in 1:k) for (j in 1:k) { e <- matrix(0, k, k); e[i, j] <- 1; s <- e - p
  slope[i, j] <- (8*(f(p + h*s) - f(p - h*s)) - (f(p + 2*h*s) - f(p - 2*h*s)))/(12*h) }
z <- suppressMessages(psych::cohen.kappa(t, w = w)); se <- sqrt(sum(p*slope^2)/sum(t)); est <- if (weights == "none") z$kappa else z$weighted.kappa
list(n = sum(t), kappa = est, se = se, ci_low = est - qnorm(.975)*se, ci_high = est + qnorm(.975)*se)'
grades <- c("none", "mild", "moderate", "severe")
for (w in c("none", "linear", "quadratic"))
  case(paste0("kappa.", w), "kappa", list(first = "grade_a", second = "grade_b", levels = grades, weights = w), kappa)

differ <- 'r <- function(x, y, k = TRUE) cor(d[[x]][k], d[[y]][k], use = "complete.obs")
a <- d$group == "control"; b <- d$group == "MHD"; ok <- complete.cases(d[c(x, y, z)]); h <- psych::r.test(sum(ok), r(x, y, ok), r(x, z, ok), r(y, z, ok))
i <- psych::r.test(n = sum(a & !is.na(d[[y]])), n2 = sum(b & !is.na(d[[y]])), r12 = r(x, y, a), r34 = r(x, y, b))
list(overlapping = list(t = h$t, p = h$p), independent = list(z_abs = i$z, p = i$p))'
case("difference.readers", "correlation_difference", list(x = "reader_a", y = "reader_b", z = "reader_c"), differ)
case("difference.methods", "correlation_difference", list(x = "ca_lab", y = "ca_bedside", z = "reader_a"), differ)

sha <- sub(" .*", "", system2("sha256sum", "data/readers.csv", stdout = TRUE))
versions <- sapply(c("psych", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "agreement",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(readers.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/agreement.json")
