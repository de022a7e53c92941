# Makes modification_indices.json: every row of lavaan's modindices().
#   Rscript tests/golden/after_fit/make_modification_indices.R
# For a variance lavaan's standardised changes are the standardised variance itself with the sign of the change, not the
# change; they are left out (null).
# With groups and missing = "ml" lavaan 0.6-14 weighs the slopes by the groups' sizes once too often (its score tests and
# its modification indices of the same restriction differ), so these cases are computed here from the slopes and the
# expected information; the same lines give lavaan's numbers where no cell is empty (checked below).
source("tests/golden/after_fit/fits.R")

# Every row of `rows` freed at the value it has: one model with all of them, for its slopes and information only.
by_formula <- function(fit, rows, model, data, options) {
  key <- function(t) paste(t$lhs, t$op, t$rhs, t$group)
  table <- parTable(fit)
  options$group.equal <- options$group.partial <- NULL
  unknown <- !duplicated(rows[c("lhs", "op", "rhs")]) & !(paste(rows$lhs, rows$op, rows$rhs) %in% paste(table$lhs, table$op, table$rhs))
  new <- paste(rows$lhs, rows$op, rows$rhs)[unknown]
  larger <- parTable(do.call("sem", c(list(model = paste0(model, paste(new, collapse = "\n"), "\n"), data = data,
    do.fit = FALSE), options)))
  fixed <- larger$free == 0 & key(larger) %in% c(key(rows), key(table)[table$free > 0])
  larger$free[fixed] <- max(larger$free) + seq_len(sum(fixed))
  at <- match(key(larger), key(table))
  larger$ustart <- ifelse(is.na(at), 0, table$est[at])
  larger$est <- larger$se <- larger$start <- NULL
  whole <- suppressWarnings(do.call("sem", c(list(model = larger, data = data, se = "none", test = "none",
    control = list(optim.method = "none")), options)))
  larger <- parTable(whole)
  n <- lavInspect(fit, "ntotal")
  score <- -n * as.numeric(gradient_of(whole@Model, whole))
  information <- n * lavTech(whole, "information.expected")
  basis <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(fit@Model@nx.free)
  K <- matrix(0, length(score), ncol(basis))
  K[larger$free[match(key(table)[table$free > 0], key(larger))], ] <- basis[table$free[table$free > 0], ]
  implied <- by_group(lavInspect(fit, "implied")); latent <- by_group(lavInspect(fit, "cov.lv")); theta <- by_group(lavInspect(fit, "theta"))
  t(sapply(seq_len(nrow(rows)), function(i) {
    row <- rows[i, ]
    freed <- larger$free[key(larger) == key(row)]
    direction <- cbind(K, replace(numeric(length(score)), freed, 1))
    step <- solve(t(direction) %*% information %*% direction, t(direction) %*% score)
    epc <- step[length(step)]
    g <- row$group
    sd_of <- function(name) sqrt(implied[[g]]$cov[name, name])
    lv_sd <- function(name) sqrt(latent[[g]][name, name])
    latents <- rownames(latent[[g]])
    lv <- epc * switch(row$op, "=~" = lv_sd(row$lhs), "~1" = if (row$lhs %in% latents) 1 / lv_sd(row$lhs) else 1, 1)
    all <- lv / switch(row$op, "=~" = sd_of(row$rhs), "~1" = if (row$lhs %in% latents) 1 else sd_of(row$lhs),
      sqrt(theta[[g]][row$lhs, row$lhs] * theta[[g]][row$rhs, row$rhs]))
    c(sum(step * (t(direction) %*% score)), epc, lv, all, all)
  }))
}
by_group <- function(x) if (is.list(x) && !is.null(names(x)) && !("cov" %in% names(x))) x else list(x)
numbers_of <- c("mi", "epc", "sepc.lv", "sepc.all", "sepc.nox")

paths <- "x7 ~ x1 + x2\nx8 ~ x7 + x3\nx9 ~ x7 + x1\n"
growth_with <- paste0(growth_curve, "i ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4\n")
same <- function(...) c(list(group = "school"), list(group.equal = c(...)))
# name, model, data, options of the fit, arguments of modindices, verb
cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_ml_free_too", hs, "hs", list(), list(free.remove = FALSE)),
  list("hs_std_lv", hs, "hs", list(std.lv = TRUE)),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("hs_wishart", hs, "hs", list(likelihood = "wishart")),
  list("hs_observed_information", hs, "hs", list(information = "observed")),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_mlm", hs, "hs", list(estimator = "MLM")),
  list("hs_gls", hs, "hs", list(estimator = "GLS")),
  list("hs_wls", hs, "hs", list(estimator = "WLS")),
  list("hs_uls", hs, "hs", list(estimator = "ULS")),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_gaps_fiml_mlr", hs, "hs_gaps", list(missing = "ml", estimator = "MLR")),
  list("hs_configural", hs, "hs", list(group = "school")),
  list("hs_metric", hs, "hs", same("loadings")),
  list("hs_metric_free_too", hs, "hs", same("loadings"), list(free.remove = FALSE)),
  list("hs_scalar", hs, "hs", same("loadings", "intercepts")),
  list("hs_scalar_free_too", hs, "hs", same("loadings", "intercepts"), list(free.remove = FALSE)),
  list("hs_gaps_configural", hs, "hs_gaps", list(group = "school", missing = "ml")),
  list("hs_gaps_metric", hs, "hs_gaps", c(same("loadings"), list(missing = "ml"))),
  list("hs_gaps_scalar", hs, "hs_gaps", c(same("loadings", "intercepts"), list(missing = "ml"))),
  list("hs_equal_labels", "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~~ e*x1\nx2 ~~ e*x2\n",
    "hs"),
  list("hs_equal_labels_free_too",
    "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~~ e*x1\nx2 ~~ e*x2\n", "hs",
    list(), list(free.remove = FALSE)),
  list("hs_fixed_values", paste0(hs, "visual ~~ 1*visual\ntextual ~~ 0.5*textual\nx1 ~~ 0.3*x1\n"), "hs"),
  list("hs_zero_covariance", paste0(hs, "visual ~~ 0*speed\ntextual ~~ 0*speed\n"), "hs"),
  list("hs_second_order", second_order, "hs"),
  list("hs_regressions", paste0(hs, "textual ~ visual\nspeed ~ visual\n"), "hs"),
  list("democracy_ml", democracy, "democracy"),
  list("democracy_no_residuals", paste0(democracy_measured, democracy_paths), "democracy"),
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("democracy_equal_loadings_free_too", democracy_equal, "democracy", list(), list(free.remove = FALSE)),
  list("mimic", mimic, "hs"),
  list("mimic_random", mimic, "hs", list(fixed.x = FALSE)),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("observed_paths", paths, "hs"),
  list("mediation_full", "M ~ a*X\nY ~ b*M\nab := a*b\n", "mediation"),
  list("growth", growth_curve, "growth", list(), list(), "growth"),
  list("growth_covariates", growth_with, "growth", list(), list(), "growth"))

fits <- list()
records <- lapply(cases, function(case) {
  case <- c(case, list(list(), list(), "sem")[seq_len(6 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]], case[[6]])
  asked <- paste0("; modindices(fit", if (length(case[[5]])) ", free.remove = FALSE", ")")
  rows <- do.call(modindices, c(list(fit), case[[5]]))
  rows$block <- rows$level <- NULL
  by <- "lavaan"
  if (case[[1]] %in% c("hs_configural", "hs_metric", "hs_scalar", "hs_gaps_fiml")) {
    checked <- cbind(rows, group = if (is.null(rows$group)) 1 else rows$group)
    off <- abs(by_formula(fit, checked, case[[2]], read_data(case[[3]]), case[[4]]) - as.matrix(as.data.frame(unclass(rows))[numbers_of]))
    cat("[by formula: at most", max(off[rows$op != "~~" | rows$lhs != rows$rhs, ], na.rm = TRUE), "away] ")
  }
  if (!is.null(case[[4]]$group) && identical(case[[4]]$missing, "ml")) {
    rows[numbers_of] <- by_formula(fit, rows, case[[2]], read_data(case[[3]]), case[[4]])
    by <- "the formula of make_modification_indices.R"
  }
  rows[rows$op == "~~" & rows$lhs == rows$rhs, c("sepc.lv", "sepc.all", "sepc.nox")] <- NA
  record(case[[1]], paste0(written_call(case[[6]], case[[4]]), asked), case[[3]], case[[2]], case[[4]],
    list(by = by, free_too = length(case[[5]]) > 0, chisq = fitMeasures(fit, "chisq")[[1]], rows = rows))
})
save_records(records, "modification_indices.json")
