# What the open pack has not: the shrinkage to expect of a model at a given size, the width of a correlation's interval.
#   Rscript planning.R      (in this directory; Debian: r-base-core r-cran-jsonlite)
# Writes expected/planning.json in the schema of the open pack.
suppressMessages(library(jsonlite))

cases <- list()
case <- function(id, kind, inputs, call, rel) {
  expected <- eval(parse(text = call), list2env(inputs))
  cases[[length(cases) + 1]] <<- list(id = id, kind = kind, csv = NULL, where = NULL, inputs = inputs, call = call,
                                      warnings = list(), tolerance = list(default = list(rel = rel, abs = 1e-10)), expected = expected)
}

# Riley 2019, criterion 1 solved for the shrinkage: n = k / ((S - 1) log(1 - r2 / S)).
shrinkage <- 'f <- function(S) params/((S - 1)*log(1 - r2cs/S)) - n
list(shrinkage = uniroot(f, c(r2cs*1.0001, 1 - 1e-12), tol = 1e-15)$root)'
for (one in list(c(8, .15, 200), c(5, .1, 57), c(24, .288, 662), c(6, .05, 3000)))
  case(sprintf("shrinkage.%dparams", one[1]), "expected_shrinkage", list(params = one[1], r2cs = one[2], n = one[3]), shrinkage, 1e-9)

width <- 'ends <- tanh(atanh(r) + c(-1, 1)*qnorm(.975)/sqrt(n - 3)); list(half_width = diff(ends)/2)'
for (one in list(c(.3, 320), c(-.8, 20), c(0, 4)))
  case(sprintf("half_width.n%d", one[2]), "correlation_half_width", list(r = one[1], n = one[2]), width, 1e-10)

out <- list(schema = "cohort-stats-reference/1", file = "planning",
            environment = list(R = R.version.string, platform = R.version$platform,
                               packages = list(jsonlite = as.character(packageVersion("jsonlite")))),
            data_sha256 = setNames(list(), character(0)), cases = cases)
writeLines(toJSON(out, auto_unbox = TRUE, digits = I(17), na = "null", null = "null", pretty = TRUE), "expected/planning.json")
