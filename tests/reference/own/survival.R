# What the open pack has not: sites and strata in a Cox model of patients, scales of the cumulative incidence,
# and how a coefficient moves over time.
#   Rscript survival.R      (in this directory; Debian: r-base-core r-cran-survival r-cran-jsonlite)
# Writes data/followed.csv and expected/survival.json in the schema of the open pack.
suppressMessages({library(survival); library(splines); library(jsonlite)})
options(warn = -1) # coxph remarks that eps is small

# --- made-up patients of 24 sites, followed in whole months until death, another end, or the lock
set.seed(20261123)
n <- 240
site <- paste0("s", rep(1:24, length.out = n)); frailty <- rnorm(24, sd = 0.5)[rep(1:24, length.out = n)]
age <- round(rnorm(n, 60, 12)); sex <- sample(c("f", "m"), n, TRUE); p <- round(rnorm(n, 1.8, 0.4), 2)
cause <- rexp(n)/(0.012*exp(0.03*(age - 60) + 0.9*(p - 1.8) + frailty)); other <- rexp(n)/0.006; lock <- sample(12:60, n, TRUE)
month <- pmax(1, ceiling(pmin(cause, other, lock)))
status <- ifelse(cause <= pmin(other, lock), 1, ifelse(other <= lock, 2, 0))
write.csv(data.frame(id = seq_len(n), site, age, sex, p, start = 0, stop = month, status, event = as.integer(status == 1)),
          "data/followed.csv", row.names = FALSE, na = "", quote = FALSE)

tight <- list(default = list(rel = 1e-8, abs = 1e-10))
cases <- list()
case <- function(id, kind, inputs, call, tolerance = tight) {
  d <- read.csv("data/followed.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "followed.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# --- Cox models with errors between sites, and in strata
cox <- 'for (f in names(factors)) d[[f]] <- factor(d[[f]], factors[[f]]); d$.w <- 1
m <- coxph(as.formula(formula), d, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 100), cluster = d[[cluster]])
zph <- function(tr) { h <- cox.zph(m, transform = tr)$table; list(chisq = I(unname(h[, 1])), p = I(unname(h[, 3]))) }
list(n = m$n, events = m$nevent, beta = I(unname(coef(m))), se = I(unname(sqrt(diag(vcov(m))))),
     naive_se = I(unname(sqrt(diag(m$naive.var)))), loglik = I(m$loglik))'
inputs <- list(start = "start", stop = "stop", event = "event", ties = "efron", cluster = "site", weight = NULL)
case("followed.sites", "cox_spells", c(inputs, list(formula = "Surv(start, stop, event) ~ age + sex + p", factors = list(sex = c("f", "m")))), cox)
case("followed.sites.strata", "cox_spells", c(inputs, list(formula = "Surv(start, stop, event) ~ age + p + strata(sex)", factors = list(sex = c("f", "m")))), cox)

# --- Fine and Gray's model in strata and with errors between sites: a censoring curve for each stratum
weighted <- 'd$k <- factor(d[[status]], 0:2); d$g <- if (is.null(strata)) "one" else d[[strata]]; v <- paste(vars, collapse = "+")
f <- finegray(Surv(stop, k) ~ . + strata(g), d, etype = "1", id = id); f$g <- d$g[match(f$id, d$id)]
m <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", v, "+ strata(g)")), f, weights = fgwt, cluster = f[[cluster]],
           ties = ties, control = coxph.control(eps = 1e-13, iter.max = 100))
list(n = nrow(d), beta = I(unname(coef(m))), se = I(unname(sqrt(diag(vcov(m))))))'
weighted_case <- function(id, cluster, strata, ties)
  case(id, "fine_gray_robust", list(time = "stop", status = "status", vars = c("age", "p"), cluster = cluster, strata = strata, ties = ties), weighted)
weighted_case("followed.subdistribution.sites", "site", NULL, "breslow")
weighted_case("followed.subdistribution.strata", "id", "sex", "breslow")
weighted_case("followed.subdistribution.strata_sites", "site", "sex", "breslow")
weighted_case("followed.subdistribution.efron", "site", "sex", "efron")

# --- cumulative incidence with intervals on each scale
case("followed.limits", "incidence_limits", list(time = "stop", status = "status", times = c(6, 12, 24, 36, 48)),
'd$k <- factor(d[[status]], 0:2); s <- function(type) summary(survfit(Surv(d[[time]], d$k) ~ 1, conf.type = type), times = times)
list(incidence = I(s("log")$pstate[, 2]), standard_error = I(s("log")$std.err[, 2]),
     limits = lapply(list(log = "log", loglog = "log-log", plain = "plain"), function(type) list(low = I(s(type)$lower[, 2]), high = I(s(type)$upper[, 2]))))')

# --- rates and their ratio
case("followed.rates", "incidence_rates", list(group = "sex", groups = c("m", "f")),
'd$time <- d$stop - d$start
test <- function(g) { k <- d$sex == g; poisson.test(sum(d$event[k]), sum(d$time[k])) }
one <- function(g) { t <- test(g); list(events = unname(t$statistic), time = unname(t$parameter), rate = unname(t$estimate), low = t$conf.int[1], high = t$conf.int[2]) }
both <- poisson.test(tapply(d$event, d$sex, sum)[groups], tapply(d$time, d$sex, sum)[groups])
list(rates = setNames(lapply(groups, one), groups), ratio = unname(both$estimate), low = both$conf.int[1], high = both$conf.int[2], p = both$p.value)')

# --- the course of the coefficients: the spline that plot(cox.zph) draws, its knots at the thirds of the events
case("followed.course", "coefficient_course", list(time = "stop", event = "event", covariates = c("age", "p"), times = c(6, 12, 24, 36)),
'm <- coxph(as.formula(paste("Surv(stop, event) ~", paste(covariates, collapse = "+"))), d, control = coxph.control(eps = 1e-13, iter.max = 100))
z <- cox.zph(m, transform = "km", terms = FALSE); km <- survfit(Surv(stop, event) ~ 1, d)
before <- sapply(times, function(t) 1 - min(c(1, km$surv[km$time < t])))
basis <- ns(z$x, knots = quantile(z$x, c(1/3, 2/3)), intercept = TRUE); at <- predict(basis, before)
inverse <- solve(crossprod(basis)); spread <- rowSums((at %*% inverse)*at)
value <- at %*% inverse %*% crossprod(basis, z$y); half <- qnorm(0.975)*sqrt(outer(spread, diag(z$var)))
list(coefficient = I(unname(value)), low = I(unname(value - half)), high = I(unname(value + half)))',
     list(default = list(rel = 1e-7, abs = 1e-9)))

sha <- function(csv) sub(" .*", "", system2("sha256sum", file.path("data", csv), stdout = TRUE))
versions <- sapply(c("survival", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "survival",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(followed.csv = sha("followed.csv")), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/survival.json")
