# What a question over time answers as a whole: the course by group, its mixed model, the hazard under each treatment of time.
#   Rscript serial.R         (in this directory; Debian: r-base-core r-cran-survival r-cran-lme4 r-cran-jsonlite)
# Reads data/spells.csv, which follow_up.R makes, and writes expected/serial.json in the schema of the open pack.
suppressMessages({library(survival); library(lme4); library(jsonlite)})
options(warn = -1) # coxph remarks that eps is small

tight <- list(default = list(rel = 1e-8, abs = 1e-10))
cases <- list()
case <- function(id, kind, inputs, call, tolerance = tight) {
  d <- read.csv("data/spells.csv")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "spells.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# --- of each patient the measurement nearest to a planned time, of two as near the earlier
course <- 'at <- function(g, t) { e <- d[d$sex == g & abs(d$start - t) <= window, ]; e <- e[order(e$id, abs(e$start - t), e$start), ]
  x <- e$p[!duplicated(e$id)]; h <- t.test(x)$conf.int; list(n = length(x), mean = mean(x), sd = sd(x), low = h[1], high = h[2]) }
setNames(lapply(groups, function(g) lapply(times, function(t) at(g, t))), groups)'
case("course.sex", "serial_course", list(groups = c("f", "m"), times = c(0, 6, 12, 24), window = 3), course)

# --- years; age per 10 from its mean over the patients; lme4 driven to the optimum
mixed <- 'first <- d[!duplicated(d$id), ]; d$year <- d$start / 12; d$age10 <- (d$age - mean(first$age)) / 10
ctl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e6), calc.derivs = FALSE)
m <- lmer(p ~ year + sex + year:sex + age10 + (year | id), d, control = ctl); v <- as.data.frame(VarCorr(m))$vcov; s <- coef(summary(m))
o <- c("(Intercept)", "year", "sexm", "year:sexm", "age10")
list(n = unname(ngrps(m)), measurements = nobs(m), beta = I(unname(s[o, 1])), se = I(unname(s[o, 2])), p = I(unname(2*pnorm(-abs(s[o, 3])))),
     loglik = as.numeric(logLik(m)), variances = I(v), icc = v[1]/(v[1] + v[4]))'
loose <- list(default = list(rel = 1e-6, abs = 1e-8), variances = list(rel = 1e-5, abs = 1e-8), icc = list(rel = 1e-5, abs = 1e-8),
              p = list(rel = 1e-4, abs = 1e-8))
case("course.mixed", "serial_mixed", list(by = "sex", covariates = I("age")), mixed, loose)

# --- a row a patient from time zero or the landmark on, or a row a spell
hazard <- 'last <- d[!duplicated(d$id, fromLast = TRUE), c("id", "age", "sex", "stop", "event")]; last$x <- NA
average <- function(e) if (nrow(e) == 1) e$p else sum(diff(e$start)*(head(e$p, -1) + tail(e$p, -1))/2)/diff(range(e$start))
for (i in last$id) { e <- d[d$id == i & d$start <= until, ]
  last$x[last$id == i] <- switch(treatment, baseline = e$p[1], landmark = tail(e$p, 1), time_averaged = average(e), time_updated = NA) }
ctl <- coxph.control(eps = 1e-13, iter.max = 100)
m <- if (treatment == "time_updated") coxph(Surv(start, stop, event) ~ p + age + sex, d, control = ctl) else
     coxph(Surv(rep(from, nrow(last)), stop, event) ~ x + age + sex, last, subset = stop > from, control = ctl)
h <- cox.zph(m)$table
list(n = if (treatment == "time_updated") length(unique(d$id)) else m$n, events = m$nevent, beta = I(unname(coef(m))),
     se = I(unname(sqrt(diag(vcov(m))))), p = I(unname(2*pnorm(-abs(coef(m)/sqrt(diag(vcov(m))))))), zph = I(unname(h[, 3])))'
for (each in list(c("baseline", 0, 0), c("landmark", 6, 6), c("time_averaged", 6, 6), c("time_averaged", 0, 1e6), c("time_updated", 0, 0)))
  case(paste0("hazard.", each[1], if (as.numeric(each[3]) > 100) ".whole" else ""), "serial_hazard",
       list(treatment = each[1], from = as.numeric(each[2]), until = as.numeric(each[3])), hazard)

versions <- sapply(c("survival", "lme4", "jsonlite"), function(p) as.character(packageVersion(p)))
sha <- sub(" .*", "", system2("sha256sum", "data/spells.csv", stdout = TRUE))
out <- list(schema = "cohort-stats-reference/1", file = "serial",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(spells.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/serial.json")
