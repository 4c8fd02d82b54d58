# Reads lines of "script<TAB>input<TAB>output" and answers "done" to each, in one warm process.
asked <- file("stdin", open = "r")
while (length(line <- readLines(asked, n = 1)) == 1) {
  parts <- strsplit(line, "\t")[[1]]
  room <- new.env(parent = globalenv())
  room$commandArgs <- function(...) parts[-1]
  # A script's own output must not be taken for the answer.
  capture.output(suppressMessages(suppressWarnings(source(parts[1], local = room))))
  gc(FALSE)
  cat("done\n")
  flush(stdout())
}
