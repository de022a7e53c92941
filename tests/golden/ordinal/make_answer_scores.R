# The scores of ordered answers by lavaan 0.6-14; run in this folder: Rscript make_answer_scores.R
# lavPredict(fit, method = "EBM") is the mode of the density given the answers (map), "ML" that of the likelihood (ml);
# lavaan climbs row by row with nlminb(), which stops some 1e-5 from the top. `rows` count from 0 in the data's order.
# Left out: parameterization = "theta", where lavaan's numbers are not those of "delta" in other units, as they must be;
# EBM of covariates with fixed.x = FALSE, which stops; models with residual correlations, which lavaan scores as if
# there were none.
suppressMessages(library(lavaan)); library(jsonlite)
hs4 <- read.csv("../../data/hs4.csv"); gaps <- read.csv("../../data/hs4_gaps.csv"); bfi <- read.csv("../../data/bfi.csv")
xs <- paste0("x", 1:9)
HS <- "visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9"
SECOND <- paste(HS, "; g =~ 1*visual+1*textual+1*speed")
INDIRECT <- "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; E ~ a*A + N; N ~ b*A; ab := a*b"
cases <- list()
add <- function(name, call, by = 10) {
  f <- eval(call)
  numbers <- list(call = paste(deparse(call), collapse = ""))
  where <- lavInspect(f, "case.idx")
  for (method in c("EBM", "ML")) {
    found <- lavPredict(f, method = method)
    if (is.list(found)) {
      all <- matrix(NA, sum(lavInspect(f, "norig")), ncol(found[[1]]))
      for (g in seq_along(found)) all[where[[g]], ] <- found[[g]]
      colnames(all) <- colnames(found[[1]])
    } else { all <- matrix(NA, lavInspect(f, "norig"), ncol(found), dimnames = list(NULL, colnames(found))); all[where, ] <- found }
    rows <- seq(1, nrow(all), by = by)
    numbers$names <- I(colnames(all)); numbers$rows <- I(rows - 1)
    numbers[[method]] <- unname(all[rows, , drop = FALSE])
  }
  cases[[name]] <<- numbers
}
add("delta", quote(cfa(HS, hs4, ordered = xs)))
add("std_lv", quote(cfa(HS, hs4, ordered = xs, std.lv = TRUE)))
add("mixed", quote(cfa(HS, hs4, ordered = xs[1:6])))
add("pairwise", quote(cfa(HS, gaps, ordered = xs, missing = "pairwise")))
add("mixed_pairwise", quote(cfa(HS, gaps, ordered = xs[1:6], missing = "pairwise")))
add("ulsmv", quote(cfa(HS, hs4, ordered = xs, estimator = "ULSMV")))
add("cross_loading", quote(cfa(paste(HS, "; visual =~ x9"), hs4, ordered = xs)))
add("regressions", quote(sem(paste(HS, "; speed ~ visual + textual"), hs4, ordered = xs)))
add("second_order", quote(sem(SECOND, hs4, ordered = xs)))
add("outcome", quote(sem("F =~ x1+x2+x3; x9 ~ F", hs4, ordered = c("x1", "x2", "x3", "x9"))))
add("groups", quote(cfa(HS, hs4, ordered = xs, group = "school")))
add("groups_thresholds", quote(cfa(HS, hs4, ordered = xs, group = "school", group.equal = c("loadings", "thresholds"))))
add("groups_mixed", quote(cfa(HS, hs4, ordered = xs[1:6], group = "school",
  group.equal = c("loadings", "thresholds", "intercepts"))))
add("indirect", quote(sem(INDIRECT, bfi, ordered = TRUE)), 200)
write_json(cases, "answer_scores.json", digits = 8, auto_unbox = TRUE, na = "null", matrix = "rowmajor")
