# What the open pack has not: spells with entry times, clusters and weights, rates, measurements repeated over time.
#   Rscript follow_up.R      (in this directory; Debian: r-base-core r-cran-survival r-cran-lme4 r-cran-jsonlite)
# Writes data/spells.csv, data/labs.csv and expected/follow_up.json in the schema of the open pack.
suppressMessages({library(survival); library(lme4); library(jsonlite)})
options(warn = -1) # coxph remarks that eps is small

# --- made-up patients of six centres, each followed through several spells, with phosphorus measured at the start of each
set.seed(20261122)
n <- 90
centre <- rep(seq_len(6), length.out = n); frailty <- rnorm(6, sd = 0.4)[centre]
age <- round(rnorm(n, 60, 12)); sex <- sample(c("f", "m"), n, TRUE); level <- rnorm(n, 1.8, 0.35); slope <- rnorm(n, 0.01, 0.012)
spells <- do.call(rbind, lapply(seq_len(n), function(i) {
  at <- c(0, cumsum(sample(3:9, 6, TRUE))); p <- round(level[i] + slope[i]*at + rnorm(7, sd = 0.2), 2)
  hazard <- 0.008*exp(0.03*(age[i] - 60) + 1.1*(p - 1.8) + frailty[i]); death <- at + rexp(7)/hazard
  until <- c(at[-1], at[7] + 6); dies <- which(death < until)[1]; last <- if (is.na(dies)) sample(3:7, 1) else dies
  stop <- until[seq_len(last)]; if (!is.na(dies)) stop[last] <- max(at[last] + 1, ceiling(death[last]))
  data.frame(id = i, centre = centre[i], age = age[i], sex = sex[i], start = at[seq_len(last)], stop = stop,
             event = as.integer(seq_len(last) == last & !is.na(dies)), p = p[seq_len(last)], weight = 1 + i %% 3)
}))
write.csv(spells, "data/spells.csv", row.names = FALSE, na = "", quote = FALSE)
labs <- data.frame(id = spells$id, month = spells$start, age = spells$age, p = spells$p)
write.csv(labs, "data/labs.csv", row.names = FALSE, na = "", quote = FALSE)

tight <- list(default = list(rel = 1e-8, abs = 1e-10))
cases <- list()
case <- function(id, kind, csv, inputs, call, tolerance = tight) {
  d <- read.csv(file.path("data", csv), na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = csv, where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# --- Cox models of spells
cox <- 'for (f in names(factors)) d[[f]] <- factor(d[[f]], factors[[f]]); d$.w <- as.numeric(if (is.null(weight)) 1 else d[[weight]])
ctl <- coxph.control(eps = 1e-13, iter.max = 100); F <- as.formula(formula)
m <- if (is.null(cluster)) coxph(F, d, weights = .w, ties = ties, control = ctl) else coxph(F, d, weights = .w, ties = ties, control = ctl, cluster = d[[cluster]])
zph <- function(tr) { h <- cox.zph(m, transform = tr)$table; list(chisq = I(unname(h[, 1])), p = I(unname(h[, 3]))) }
list(n = m$n, events = m$nevent, beta = I(unname(coef(m))), se = I(unname(sqrt(diag(vcov(m))))),
     naive_se = I(unname(sqrt(diag(if (is.null(m$naive.var)) m$var else m$naive.var)))), loglik = I(m$loglik), score = m$score, wald = unname(m$wald.test),
     martingale_head = I(unname(head(residuals(m), 5))), dfbeta_first_row = I(unname(residuals(m, "dfbeta")[1, ])),
     zph_identity = zph("identity"), zph_km = zph("km"), schoenfeld_first = I(unname(as.matrix(residuals(m, "schoenfeld"))[1, ])),
     changing_coefficient_first = I(unname(cox.zph(m, "identity")$y[1, ])))'
spell <- function(id, formula, ties = "efron", cluster = NULL, weight = NULL, factors = list(sex = c("f", "m")))
  case(id, "cox_spells", "spells.csv", list(start = "start", stop = "stop", event = "event", formula = formula, factors = factors,
                                            ties = ties, cluster = cluster, weight = weight), cox)
spell("spells.efron", "Surv(start, stop, event) ~ age + sex + p")
spell("spells.breslow", "Surv(start, stop, event) ~ age + sex + p", "breslow")
spell("spells.strata", "Surv(start, stop, event) ~ age + p + strata(sex)")
spell("spells.patient", "Surv(start, stop, event) ~ age + sex + p", cluster = "id")
spell("spells.centre", "Surv(start, stop, event) ~ age + sex + p", cluster = "centre")
spell("spells.weights", "Surv(start, stop, event) ~ age + sex + p", weight = "weight", cluster = "id")
spell("spells.weights_breslow", "Surv(start, stop, event) ~ age + sex + p", "breslow", weight = "weight", cluster = "id")

# --- the same without inputs: the call says it all
raw <- function(id, formula, more = "")
  case(id, "raw", "spells.csv", list(), paste0("m <- coxph(", formula, ", data = d, control = coxph.control(eps = 1e-13, iter.max = 100)", more, ")
list(n = m$n, events = m$nevent, beta = I(unname(coef(m))), se = I(unname(sqrt(diag(vcov(m))))), loglik = I(m$loglik))"))
raw("raw.spells", "Surv(start, stop, event) ~ age + sex + strata(centre)")
raw("raw.cluster", "Surv(stop, event == 1) ~ age + p + cluster(centre)")
raw("raw.ties", "Surv(stop, event) ~ age + p", ', cluster = id, ties = "breslow"')

# --- rates: poisson.test is exact (Garwood; conditional binomial)
rate <- 't <- tapply(d$stop - d$start, d[[group]], sum); e <- tapply(d$event, d[[group]], sum)
one <- function(g) { h <- poisson.test(e[[g]], t[[g]]); list(events = e[[g]], time = t[[g]], rate = unname(h$estimate), low = h$conf.int[1], high = h$conf.int[2]) }
h <- poisson.test(c(e[[groups[1]]], e[[groups[2]]]), c(t[[groups[1]]], t[[groups[2]]]))
list(rates = setNames(lapply(groups, one), groups), ratio = unname(h$estimate), low = h$conf.int[1], high = h$conf.int[2], p = h$p.value)'
case("rates.sex", "incidence_rates", "spells.csv", list(group = "sex", groups = I(c("f", "m"))), rate)

# --- linear mixed models: lme4's optimiser stops early, so it is driven to the optimum here
mixed <- 'ctl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e6), calc.derivs = FALSE)
m <- lmer(as.formula(formula), d, control = ctl); v <- as.data.frame(VarCorr(m)); s <- coef(summary(m))
list(n = nobs(m), patients = unname(ngrps(m)), beta = I(unname(s[, 1])), se = I(unname(s[, 2])), loglik = as.numeric(logLik(m)),
     variances = I(v$vcov))'
loose <- list(default = list(rel = 1e-6, abs = 1e-8), variances = list(rel = 1e-5, abs = 1e-8))
case("mixed.slope", "mixed_model", "labs.csv", list(value = "p", time = "month", patient = "id", covariates = I("age"), random_slope = TRUE,
     formula = "p ~ month + age + (month | id)"), mixed, loose)
case("mixed.intercept", "mixed_model", "labs.csv", list(value = "p", time = "month", patient = "id", covariates = I(character()), random_slope = FALSE,
     formula = "p ~ month + (1 | id)"), mixed, loose)

sha <- function(csv) sub(" .*", "", system2("sha256sum", file.path("data", csv), stdout = TRUE))
versions <- sapply(c("survival", "lme4", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "follow_up",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(spells.csv = sha("spells.csv"), labs.csv = sha("labs.csv")), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/follow_up.json")
