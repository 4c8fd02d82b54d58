# What the open pack has not: Firth's test of several coefficients, near dependencies, a spline within a larger model.
#   Rscript entangled.R      (in this directory; Debian: r-cran-hmisc r-cran-jsonlite)
# Writes data/entangled.csv and expected/entangled.json in the schema of the open pack.
suppressMessages({library(Hmisc); library(jsonlite)})

set.seed(20261124)
n <- 160
ca <- rnorm(n, 2.3, .2); p <- rlnorm(n, .5, .3); age <- rnorm(n, 60, 12)
d <- data.frame(id = seq_len(n), age = round(age, 1), ca = round(ca, 2), p = round(p, 2))
d$ca_x_p <- d$ca * d$p; d$albumin <- round(18*d$ca + rnorm(n, sd = .3), 1)
d$y <- rbinom(n, 1, plogis(-1.5 + .03*(age - 60) + 1.5*(p - 1.7)^2))
write.csv(d, "data/entangled.csv", row.names = FALSE, na = "", quote = FALSE)

cases <- list()
case <- function(id, kind, inputs, call) {
  d <- read.csv("data/entangled.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "entangled.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = list(default = list(rel = 1e-8, abs = 1e-10)), expected = expected)
}

# Heinze & Schemper 2002: both maxima with the penalty of the full design, by scoring.
joint <- 'X <- cbind(1, as.matrix(d[vars])); o <- d[[y]]; free <- !colnames(X) %in% tested
climb <- function(free) { b <- numeric(ncol(X)); for (i in 1:200) { q <- plogis(drop(X %*% b)); w <- q*(1 - q); I <- crossprod(X, X*w)
    h <- w*rowSums((X %*% solve(I))*X); b[free] <- b[free] + solve(I[free, free], crossprod(X, o - q + h*(.5 - q))[free]) }
  sum(dbinom(o, 1, q, log = TRUE)) + .5*as.numeric(determinant(I)$modulus) }
s <- 2*(climb(rep(TRUE, ncol(X))) - climb(free)); list(chisq = s, df = sum(!free), p = pchisq(s, sum(!free), lower.tail = FALSE))'
case("joint.two", "firth_joint", list(y = "y", vars = c("age", "ca", "p"), tested = c("ca", "p")), joint)
case("joint.all", "firth_joint", list(y = "y", vars = c("age", "ca", "p"), tested = c("age", "ca", "p")), joint)

# Belsley, Kuh & Welsch 1980, section 3.2: columns of length 1, intercept included, not centred.
near <- 'X <- cbind(1, as.matrix(d[vars])); X <- sweep(X, 2, sqrt(colSums(X^2)), "/"); s <- svd(X)
share <- t(s$v)^2/s$d^2; share <- sweep(share, 2, colSums(share), "/"); held <- colSums(share[s$d[1]/s$d > 30, , drop = FALSE]) > .5
list(condition = s$d[1]/min(s$d), entangled = I(vars[held[-1]]))'
case("near.product", "near_dependencies", list(vars = c("age", "ca", "p", "ca_x_p")), near)
case("near.pair", "near_dependencies", list(vars = c("age", "ca", "p", "albumin")), near)
case("near.intercept", "near_dependencies", list(vars = c("age", "ca", "p")), near)

bend <- 'b <- Hmisc::rcspline.eval(d[[x]], knots = knots, inclx = TRUE); a <- as.matrix(d[adjust])
m <- glm.fit(cbind(1, a, b), d[[y]], family = binomial(), control = glm.control(1e-14, 100)); q <- m$fitted.values
X <- cbind(1, a, b); q <- plogis(drop(X %*% m$coefficients)); v <- solve(crossprod(X, X*q*(1 - q))); k <- 1 + ncol(a) + seq_len(ncol(b))
s <- Hmisc::rcspline.eval(c(at, reference), knots = knots, inclx = TRUE); s <- sweep(s[seq_along(at), ], 2, s[length(at) + 1, ])
list(log_odds_ratio = I(drop(s %*% m$coefficients[k])), se = I(sqrt(rowSums((s %*% v[k, k])*s))))'
case("bend.p", "logistic_bend", list(y = "y", x = "p", adjust = c("age", "ca"), knots = c(1, 1.5, 1.9, 2.7), at = c(1, 1.4, 2, 2.7), reference = 1.65), bend)
case("bend.age", "logistic_bend", list(y = "y", x = "age", adjust = "p", knots = c(42, 60, 77), at = c(45, 60, 75), reference = 60), bend)

sha <- sub(" .*", "", system2("sha256sum", "data/entangled.csv", stdout = TRUE))
versions <- sapply(c("Hmisc", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "entangled",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(entangled.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/entangled.json")
