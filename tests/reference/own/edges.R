# Mixed models whose random slopes differ so little that a search held at the edge of no difference stays there.
#   Rscript edges.R          (in this directory; Debian: r-base-core r-cran-lme4 r-cran-jsonlite)
# Makes data/slight.csv; writes expected/edges.json in the schema of the open pack.
suppressMessages({library(lme4); library(jsonlite)})

set.seed(4)
d <- data.frame(id = rep(1:150, each = 4), month = round(pmax(rep(c(0, 3, 6, 9), 150) + runif(600, -0.4, 0.4), 0), 2))
level <- rnorm(150, 1, 0.5); slope <- rnorm(150, 0, 0.01)
d$p <- round(level[d$id] + slope[d$id] * d$month + rnorm(600, 0, 0.15), 3)
d$turned <- round(level[d$id] - 0.08 * level[d$id] * d$month + rnorm(600, 0, 0.15), 3)
write.csv(d, "data/slight.csv", row.names = FALSE, quote = FALSE)

# lme4 from several starts, each driven to its optimum; the best is kept
mixed <- 'ctl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e6), calc.derivs = FALSE, check.conv.singular = "ignore")
fits <- lapply(list(c(1, 0, 1), c(3, 0, 0.01), c(3, -0.1, 0.05), c(3, 0.1, 0.05)), function(s) lmer(as.formula(formula), d, control = ctl, start = s))
m <- fits[[which.max(sapply(fits, logLik))]]; v <- as.data.frame(VarCorr(m)); s <- coef(summary(m))
list(n = nobs(m), patients = unname(ngrps(m)), beta = I(unname(s[, 1])), se = I(unname(s[, 2])), loglik = as.numeric(logLik(m)),
     variances = I(v$vcov))'
tolerance <- list(default = list(rel = 1e-6, abs = 1e-8), variances = list(rel = 1e-4, abs = 1e-8))
case <- function(value) {
  inputs <- list(value = value, time = "month", patient = "id", covariates = I(character()), random_slope = TRUE,
                 formula = paste(value, "~ month + (month | id)"))
  expected <- eval(parse(text = mixed), list2env(c(inputs, list(d = read.csv("data/slight.csv")))))
  list(id = paste0("mixed.slight.", value), kind = "mixed_model", csv = "slight.csv", where = NULL, inputs = inputs, call = mixed,
       warnings = list(), tolerance = tolerance, expected = expected)
}
sha <- sub(" .*", "", system2("sha256sum", "data/slight.csv", stdout = TRUE))
versions <- sapply(c("lme4", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "edges",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(slight.csv = sha), cases = lapply(c("p", "turned"), case))
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/edges.json")
