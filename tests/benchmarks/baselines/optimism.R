# Optimism of a logistic model with nine predictors in the haemodialysis patients, 500 resamples.
suppressPackageStartupMessages(library(rms))
A <- commandArgs(TRUE)
d <- read.csv(A[1])
d <- d[d$grp == "MHD", ]
f <- lrm(cvd_death ~ age + diabetes + mg + ca + p + ipth + vitd + bmp7 + hscrp, data = d, x = TRUE, y = TRUE)
set.seed(1)
t0 <- proc.time()[[3]]
v <- validate(f, B = 500)
total <- proc.time()[[3]] - t0
auc <- (1 + v["Dxy", c("index.orig", "index.corrected")]) / 2
writeLines(jsonlite::toJSON(list(time = list(total = total), result = list(apparent = auc[[1]], corrected = auc[[2]])),
  digits = NA, auto_unbox = TRUE), A[2])
