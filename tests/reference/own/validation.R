# What the open pack has not: a logistic model frozen on the patients of one time, scored on those enrolled later.
#   Rscript validation.R      (in this directory; Debian: r-base-core r-cran-jsonlite)
# Writes data/enrolled.csv and expected/validation.json in the schema of the open pack.
suppressMessages(library(jsonlite))

set.seed(20261123)
n <- 260
day <- as.Date("2023-01-01") + sample(0:729, n, TRUE)
age <- round(rnorm(n, 58, 13)); mg <- round(rnorm(n, 1.05, .15), 2); sex <- sample(c("male", "female"), n, TRUE)
# In later patients magnesium says less than it did.
later <- day > as.Date("2023-12-31")
y <- rbinom(n, 1, plogis(-1 + .05*(age - 58) - ifelse(later, 1.5, 5)*(mg - 1.05) + .4*(sex == "male")))
d <- data.frame(id = seq_len(n), enrolled_on = day, age, mg, male = as.integer(sex == "male"), y)
d$mg[sample(n, 15)] <- NA
write.csv(d, "data/enrolled.csv", row.names = FALSE, na = "", quote = FALSE)

cases <- list()
case <- function(id, inputs, call) {
  d <- read.csv("data/enrolled.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = "frozen_model", csv = "enrolled.csv", where = NULL, inputs = inputs,
                                      call = call, warnings = list(), tolerance = list(default = list(rel = 1e-8, abs = 1e-9)),
                                      expected = expected)
}

# DeLong's variance by its definition; Wilson's interval by prop.test without correction.
frozen <- 'exact <- glm.control(1e-14, 100); ok <- complete.cases(d[c(vars, "y")]); a <- d[ok & d$enrolled_on <= freeze_on, ]
b <- d[ok & d$enrolled_on > freeze_on, ]; m <- glm(reformulate(vars, "y"), binomial, a, control = exact)
risk <- predict(m, b, type = "response"); odds <- qlogis(risk)
psi <- outer(risk[b$y == 1], risk[b$y == 0], function(u, v) (u > v) + .5*(u == v))
large <- glm(b$y ~ offset(odds), family = binomial, control = exact); slope <- glm(b$y ~ odds, family = binomial, control = exact)
w <- function(k, n) I(as.numeric(prop.test(k, n, correct = FALSE)$conf.int)); pos <- risk >= threshold
list(n_development = nrow(a), n = nrow(b), n_events = sum(b$y), n_missing = sum(!ok & d$enrolled_on > freeze_on),
     coefficients = I(unname(coef(m))), auc = mean(psi), auc_se = sqrt(var(rowMeans(psi))/nrow(psi) + var(colMeans(psi))/ncol(psi)),
     intercept = unname(coef(large)), slope = unname(coef(slope)[2]), slope_ci = I(unname(confint.default(slope)[2, ])),
     brier = mean((b$y - risk)^2), tp = sum(pos & b$y == 1), fp = sum(pos & b$y == 0),
     sensitivity_ci = w(sum(pos & b$y == 1), sum(b$y)), specificity_ci = w(sum(!pos & b$y == 0), sum(b$y == 0)))'
case("frozen.two", list(vars = c("age", "mg"), freeze_on = "2023-12-31", threshold = .3), frozen)
case("frozen.three", list(vars = c("age", "mg", "male"), freeze_on = "2023-08-31", threshold = .25), frozen)

out <- list(schema = "cohort-stats-reference/1", file = "validation",
            environment = list(R = R.version.string, platform = R.version$platform,
                               packages = list(jsonlite = as.character(packageVersion("jsonlite")))),
            data_sha256 = list(enrolled.csv = sub(" .*", "", system2("sha256sum", "data/enrolled.csv", stdout = TRUE))), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/validation.json")
