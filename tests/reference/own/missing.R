# What the open pack has not: results beyond a limit of detection, and models pooled over mice's imputations.
#   Rscript missing.R      (in this directory; Debian: r-cran-survival r-cran-mice r-cran-posterior r-cran-jsonlite)
# Writes data/limits.csv, data/gaps.csv, data/chains.csv and expected/missing.json in the schema of the open pack.
suppressMessages({library(survival); library(mice); library(posterior); library(jsonlite)})

# --- made-up log CRP of patients by group and age; below a limit, above one, or read as a range
set.seed(20261124)
n <- 160
limits <- data.frame(id = seq_len(n), died = rep(0:1, times = c(100, 60)), age = round(rnorm(n, 60, 12)), batch = sample(c("a", "b", "c"), n, TRUE))
crp <- round(0.3 + 0.7*limits$died + 0.02*(limits$age - 60) + 0.3*(limits$batch == "b") + rnorm(n), 2)
limits$left_low <- ifelse(crp < 0.1, NA, crp); limits$left_high <- pmax(crp, 0.1)
limits$both_low <- pmin(limits$left_low, 1.9); limits$both_high <- ifelse(crp > 1.9, NA, limits$left_high)
limits$range_low <- ifelse(crp < -1, NA, floor(crp*2)/2); limits$range_high <- ifelse(crp > 2.5, NA, floor(crp*2)/2 + 0.5)
limits$range_low[is.na(limits$range_high)] <- 2.5; limits$range_high[is.na(limits$range_low)] <- -1
exact <- limits$id %% 4 == 0; limits$range_low[exact] <- crp[exact]; limits$range_high[exact] <- crp[exact]
write.csv(limits, "data/limits.csv", row.names = FALSE, na = "", quote = FALSE)

# --- made-up patients whose values are missing more often with the outcome and at some ages
m <- 300
gaps <- data.frame(id = seq_len(m), age = round(rnorm(m, 60, 10))); u <- (gaps$age - 60)/10
gaps$mg <- round(1 - 0.05*u + rnorm(m, sd = 0.12), 2); gaps$diabetes <- rbinom(m, 1, plogis(-0.5 + 0.4*u - 2*(gaps$mg - 1)))
gaps$class <- c("none", "mild", "severe")[1 + rbinom(m, 2, plogis(-0.2 + 0.5*u))]
gaps$died <- rbinom(m, 1, plogis(-0.6 + 0.4*u - 3*(gaps$mg - 1) + 0.5*gaps$diabetes + 0.5*(gaps$class == "severe")))
for (v in c("mg", "diabetes", "class")) gaps[[v]][runif(m) < plogis(-2 + 0.8*gaps$died + 0.3*u)] <- NA
write.csv(gaps, "data/gaps.csv", row.names = FALSE, na = "", quote = FALSE)

cases <- list()
case <- function(id, kind, csv, inputs, call, tolerance) {
  d <- read.csv(file.path("data", csv), na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  if (is.function(tolerance)) tolerance <- tolerance(expected)
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = csv, where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

tobit <- 'for (f in names(factors)) d[[f]] <- factor(d[[f]], factors[[f]])
m <- survreg(reformulate(vars, "Surv(d[[low]], d[[high]], type = \'interval2\')"), d, dist = "gaussian", control = survreg.control(1000, 1e-15))
s <- summary(m)$table; k <- length(coef(m))
list(n = nrow(d), beta = I(unname(coef(m))), se = I(unname(s[1:k, 2])), z = I(unname(s[1:k, 3])), p = I(unname(s[1:k, 4])),
     scale = m$scale, log_scale_se = unname(s[k + 1, 2]), loglik = m$loglik[2])'
responses <- function(id, response, vars)
  case(id, "tobit", "limits.csv", list(low = paste0(response, "_low"), high = paste0(response, "_high"), vars = I(vars),
       factors = if ("batch" %in% vars) list(batch = c("a", "b", "c")) else setNames(list(), character())), tobit, list(default = list(rel = 1e-6, abs = 1e-8)))
responses("tobit.left", "left", "died")
responses("tobit.left_adjusted", "left", c("died", "age", "batch"))
responses("tobit.both_adjusted", "both", c("died", "age", "batch"))
responses("tobit.ranges", "range", c("died", "age"))

# Other random numbers give other imputations: the pooled figures agree within four standard errors of the
# difference, which follow from the variance between imputations and how many there are on either side.
impute <- 'd$died <- factor(d$died); d$diabetes <- factor(d$diabetes); d$class <- factor(d$class, c("none", "mild", "severe")); d$id <- NULL
i <- mice(d, m = m_here, maxit = iterations, method = c("", method, "logreg", "polyreg", ""), printFlag = FALSE, seed = seed)
f <- with(i, glm(died ~ age + mg + diabetes + class, binomial)); p <- pool(f)$pooled
named <- function(v) setNames(as.list(v), terms)
list(n = nrow(d), beta = named(p$estimate), se = named(sqrt(p$t)), lambda = named(p$lambda))'
terms <- c("(Intercept)", "age", "mg", "diabetes", "mild", "severe"); here <- 400; there <- 100
within <- function(expected) {
  se <- unlist(expected$se); l <- unlist(expected$lambda); b <- l*se^2/(1 + 1/here); share <- 1/here + 1/there
  four <- function(key, v) setNames(lapply(4*v, function(x) list(rel = 0, abs = x)), paste0(key, "/", terms))
  c(list(default = list(rel = 0, abs = 0)), four("beta", sqrt(b*share)), four("se", b*sqrt(2*share)/(2*se)), four("lambda", l*(1 - l)*sqrt(2*share)))
}
for (method in c("norm", "pmm"))
  case(paste0("imputed.", method), "imputed", "gaps.csv", list(y = "died", method = method, m_here = here, m = there, iterations = 5, seed = 1, terms = terms), impute, within)

# --- made-up chains: mixed, with memory, apart in place, apart in spread, coarse with ties
set.seed(20261126)
chains <- expand.grid(iteration = 1:10, chain = 1:20); k <- chains$chain; z <- matrix(rnorm(200), 10); slow <- z
for (t in 2:10) slow[t, ] <- 0.8*slow[t - 1, ] + 0.6*z[t, ]
chains$mixed <- c(z); chains$slow <- c(slow); chains$apart <- c(z) + (k > 10); chains$spread <- c(z)*k; chains$coarse <- round(c(z))
chains[-(1:2)] <- round(chains[-(1:2)], 3); write.csv(chains, "data/chains.csv", row.names = FALSE, quote = FALSE)

# posterior::rhat is that of Vehtari et al. (2021); the autocorrelation is that of mice::convergence.
mixing <- 'x <- matrix(d[[var]][d$iteration <= iterations], iterations)
list(rhat = rhat(x), ac = mean(sapply(2:iterations, function(t) cor(x[t - 1, ], x[t, ]))))'
for (v in c("mixed", "slow", "apart", "spread", "coarse"))
  case(paste0("chains.", v), "chains", "chains.csv", list(var = v, iterations = 10), mixing, list(default = list(rel = 1e-12, abs = 1e-12)))
case("chains.odd", "chains", "chains.csv", list(var = "mixed", iterations = 5), mixing, list(default = list(rel = 1e-12, abs = 1e-12)))

sha <- function(csv) sub(" .*", "", system2("sha256sum", file.path("data", csv), stdout = TRUE))
versions <- sapply(c("survival", "mice", "posterior", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "missing",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(limits.csv = sha("limits.csv"), gaps.csv = sha("gaps.csv"), chains.csv = sha("chains.csv")), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/missing.json")
