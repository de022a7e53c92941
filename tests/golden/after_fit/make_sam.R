# Makes structural_after_measurement.json.
#   Rscript tests/golden/after_fit/make_sam.R
source("tests/golden/after_fit/fits.R")
source("tests/golden/after_fit/sam_by_formula.R")

three <- c("visual =~ x1 + x2 + x3", "textual =~ x4 + x5 + x6", "speed =~ x7 + x8 + x9")
ind60 <- "ind60 =~ x1 + x2 + x3"
dem <- "dem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8"
residuals <- "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8"
# name, data, text of each block, structural part
cases <- list(
  list("hs_saturated", "hs", three, "speed ~ visual + textual\ntextual ~ visual"),
  list("hs_chain", "hs", three, "speed ~ textual\ntextual ~ visual"),
  list("hs_one_block", "hs", paste(three, collapse = "\n"), "speed ~ textual\ntextual ~ visual"),
  list("democracy", "democracy", c(ind60, paste(dem, residuals, sep = "\n")), "dem60 ~ ind60\ndem65 ~ ind60 + dem60"),
  list("democracy_no_residuals", "democracy", c(ind60, strsplit(dem, "\n")[[1]]), "dem60 ~ ind60\ndem65 ~ dem60"))
records <- unlist(lapply(cases, function(case) lapply(c("local", "global"), function(method) {
  cat(case[[1]], method, "")
  data <- read_data(case[[2]])
  numbers <- sam_by_formula(case[[3]], case[[4]], data, method)
  model <- paste0(paste(c(case[[3]], case[[4]]), collapse = "\n"), "\n")
  blocks <- lapply(case[[3]], function(text) unique(regmatches(text, gregexpr("[a-z0-9]+(?= =~)", text, perl = TRUE))[[1]]))
  theirs <- parameterEstimates(sam(model, data, sam.method = method, mm.list = blocks))
  mine <- numbers$structural
  at <- match(paste(mine$lhs, mine$op, mine$rhs), paste(theirs$lhs, theirs$op, theirs$rhs))
  cat("[from sam():", max(abs(theirs$est[at] - mine$est)), max(abs(theirs$se[at] - mine$se)), "]\n")
  record(paste(case[[1]], method, sep = "_"), paste0("sam(model, data, mm.list = blocks, sam.method = \"", method,
    "\"), and its formulas on polished fits"), case[[2]], model, list(),
    c(list(sam_method = method, blocks = lapply(blocks, I)), numbers))
})), recursive = FALSE)
save_records(records, "structural_after_measurement.json")
