# What the open pack has not: cut-offs by other rules, predictive values and likelihood ratios with intervals, areas of
# several groups compared, reclassification by categories of risk.
#   Rscript curves.R      (in this directory, after prediction.R; Debian: r-cran-proc r-cran-hmisc r-cran-jsonlite)
# Writes expected/curves.json in the schema of the open pack, from data/risks.csv.
suppressMessages({library(pROC); library(Hmisc); library(jsonlite)})

cases <- list()
case <- function(id, kind, inputs, call, tolerance = list(default = list(rel = 1e-8, abs = 1e-10))) {
  d <- read.csv("data/risks.csv", na.strings = "")
  expected <- eval(parse(text = call), list2env(c(inputs, list(d = d))))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = "risks.csv", where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = tolerance, expected = expected)
}

# Of the cut-offs that attain a sensitivity the one with the best specificity, and the other way round. Wilson's intervals
# are prop.test's without correction; those of a likelihood ratio are normal on the log scale (Simel et al. 1991).
operate <- 'r <- pROC::roc(d[[y]], sign*d[[marker]], direction = direction, levels = c(0, 1), quiet = TRUE)
all <- pROC::coords(r, "all", ret = c("threshold", "sensitivity", "specificity", "tp", "fp", "tn", "fn", "ppv", "npv"), transpose = FALSE)
w <- function(x, n) I(as.vector(prop.test(x, n, correct = FALSE)$conf.int))
ratio <- function(a, m, b, n) list(value = (a/m)/(b/n), ci = I(exp(log((a/m)/(b/n)) + c(-1, 1)*qnorm(.975)*sqrt(1/a - 1/m + 1/b - 1/n))))
point <- function(p) list(threshold = p$threshold, tp = p$tp, fp = p$fp, tn = p$tn, fn = p$fn, ppv = p$ppv, npv = p$npv,
  sensitivity_ci = w(p$tp, p$tp + p$fn), specificity_ci = w(p$tn, p$tn + p$fp), ppv_ci = w(p$tp, p$tp + p$fp), npv_ci = w(p$tn, p$tn + p$fn),
  lr_positive = ratio(p$tp, p$tp + p$fn, p$fp, p$tn + p$fp), lr_negative = ratio(p$fn, p$tp + p$fn, p$tn, p$tn + p$fp))
se <- all[all$sensitivity >= share, ]; sp <- all[all$specificity >= share, ]
best <- pROC::coords(r, "best", best.method = "closest.topleft", ret = "threshold", transpose = FALSE)$threshold[1]
list(sensitivity_at_least = point(se[order(-se$specificity, -se$sensitivity)[1], ]), specificity_at_least = point(sp[order(-sp$sensitivity, -sp$specificity)[1], ]),
     closest_topleft = point(all[all$threshold == best, ]),
     partial = as.numeric(pROC::auc(r, partial.auc = c(.8, 1), partial.auc.focus = "specificity")),
     partial_corrected = as.numeric(pROC::auc(r, partial.auc = c(.8, 1), partial.auc.focus = "specificity", partial.auc.correct = TRUE)))'
for (s in c(.8, .9)) for (m in c("x", "new"))
  case(paste0("operating.", m, "_", s), "operating_points", list(y = "y", marker = m, sign = 1, direction = "<", share = s), operate)
case("operating.lower_is_risk", "operating_points", list(y = "y", marker = "z", sign = -1, direction = ">", share = .85), operate)

# DeLong's variances; the common area weighs each by the inverse of its own.
differ <- 'g <- split(d, d[[group]]); r <- lapply(g, function(k) pROC::roc(k[[y]], k[[marker]], direction = "<", levels = c(0, 1), quiet = TRUE))
a <- sapply(r, function(k) as.numeric(pROC::auc(k))); v <- sapply(r, pROC::var); q <- sum((a - sum(a/v)/sum(1/v))^2/v)
list(auc = I(unname(a)), statistic = q, df = length(a) - 1, p = pchisq(q, length(a) - 1, lower.tail = FALSE))'
for (m in c("x", "new")) case(paste0("areas.", m), "areas_homogeneous", list(y = "y", marker = m, group = "site"), differ)

improve <- 'k <- function(v) (findInterval(v, cuts))/10
h <- Hmisc::improveProb(k(d[[old]]), k(d[[new]]), d[[y]])
list(n = h$n, nri = h$nri, nri_se = h$se.nri, nri_z = h$z.nri, nri_cases = h$nri.ev, nri_controls = h$nri.ne)'
case("improve.categories", "reclassification", list(y = "y", old = "old", new = "new", cuts = c(.2, .4)), improve)

sha <- sub(" .*", "", system2("sha256sum", "data/risks.csv", stdout = TRUE))
versions <- sapply(c("pROC", "Hmisc", "jsonlite"), function(p) as.character(packageVersion(p)))
out <- list(schema = "cohort-stats-reference/1", file = "curves",
            environment = list(R = R.version.string, platform = R.version$platform, packages = as.list(versions)),
            data_sha256 = list(risks.csv = sha), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/curves.json")
