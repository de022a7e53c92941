# Makes comparison.json: three models beside each other (semTools::compareFit).
#   Rscript tests/golden/after_fit/make_comparison.R
# The GFI family is left out: later versions of lavaan define it in another way.
source("tests/golden/after_fit/fits.R")
suppressMessages(library(semTools))

school <- list(group = "school")
invariance <- list(configural = school, metric = c(school, list(group.equal = "loadings")),
  scalar = c(school, list(group.equal = c("loadings", "intercepts"))))
shapes <- list(three = list(hs, list()), uncorrelated = list(paste0(hs, "visual ~~ 0*speed\ntextual ~~ 0*speed\n"), list()),
  one = list("g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9\n", list()))
with <- function(extra) lapply(invariance, function(o) list(hs, c(o, extra)))
cases <- list(
  list("hs_invariance", "hs", with(list()), TRUE),
  list("hs_invariance_mlr", "hs", with(list(estimator = "MLR")), TRUE),
  list("hs_invariance_gaps", "hs_gaps", with(list(missing = "ml")), TRUE),
  list("hs_shapes", "hs", shapes, FALSE),
  list("democracy", "democracy", list(free = list(democracy, list()), equal = list(democracy_equal, list()),
    no_residuals = list(paste0(democracy_measured, democracy_paths), list())), FALSE))
records <- lapply(cases, function(case) {
  cat(case[[1]], "")
  data <- read_data(case[[2]])
  fits <- lapply(case[[3]], function(m) polished(m[[1]], data, m[[2]]))
  compared <- do.call(compareFit, c(fits, list(nested = case[[4]])))
  table <- function(x) { x <- x[!(names(x) %in% c("gfi", "agfi", "pgfi"))]; rows <- rownames(x); c(list(model = I(rows)), lapply(as.list(as.data.frame(unclass(x))), function(v) I(as.numeric(v)))) }
  measures <- c("npar", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "aic", "bic", "bic2", "logl")
  if (!is.null(case[[3]][[1]][[2]]$estimator)) measures <- c(measures, "chisq.scaled", "df.scaled", "pvalue.scaled",
    "chisq.scaling.factor", "cfi.scaled", "tli.scaled", "rmsea.scaled", "cfi.robust", "tli.robust", "rmsea.robust")
  each <- sapply(fits, function(fit) fitMeasures(fit, measures))
  list(name = unbox(case[[1]]), version = unbox("lavaan 0.6-14, semTools 0.5-6"),
    call = unbox(paste0("each model by sem(model, data, <options>), then polished; compareFit(models, nested = ", case[[4]], ")")),
    data = unbox(case[[2]]), models = lapply(names(fits), function(name) list(name = unbox(name),
      model = unbox(case[[3]][[name]][[1]]), options = spelled(case[[3]][[name]][[2]]))),
    measures = lapply(split(each, row(each)), I) |> setNames(rownames(each)),
    compare_fit = plain(list(fit = table(compared@fit),
      nested = if (case[[4]]) table(compared@nested) else NULL, differences = if (case[[4]]) table(compared@fit.diff) else NULL)))
})
save_records(records, "comparison.json")
