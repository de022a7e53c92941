# Makes nested_tests.json: lavTestLRT() of two and more nested models, plain and with each robust method.
#   Rscript tests/golden/after_fit/make_nested_tests.R
# satorra.bentler.2010 asks for the larger model "at the smaller one's estimates". lavaan copies the values of the
# parameters that both have, which is not that where the smaller model frees others (the latent means of a scalar
# model); so `m10` gives the scaling factor of the larger model at the smaller one's moments, and the test from it.
# satorra.2000 with A.method = "exact" is only given where the smaller model is the larger one with equalities.
# satorra.2000 of lavaan 0.6-14 under missing = "ml" is kept apart (lavaan.satorra.2000_...): in its asymptotic
# covariances of the moments empty cells count as deviations of zero. satorra.2000_delta_... of these cases is computed
# here, and gives lavaan's numbers where no cell is empty: with m restrictions A on the larger model's parameters, P its observed information
# and B its first-order information (the scores' cross products), M = P^-1 A'(A P^-1 A')^-1 A P^-1 B.
source("tests/golden/after_fit/fits.R")

configural <- list(name = "configural", model = hs, options = list(group = "school"))
metric <- list(name = "metric", model = hs, options = list(group = "school", group.equal = "loadings"))
scalar <- list(name = "scalar", model = hs, options = list(group = "school", group.equal = c("loadings", "intercepts")))
strict <- list(name = "strict", model = hs,
  options = list(group = "school", group.equal = c("loadings", "intercepts", "residuals")))
three <- list(name = "three factors", model = hs, options = list())
one_more <- list(name = "one more loading", model = paste0(hs, "visual =~ x9\n"), options = list())
two_more <- list(name = "two more", model = paste0(hs, "visual =~ x9\ntextual =~ x3\n"), options = list())
uncorrelated <- list(name = "uncorrelated", model = paste0(hs, "visual ~~ 0*speed\ntextual ~~ 0*speed\n"), options = list())
free <- list(name = "free loadings", model = democracy, options = list())
equal <- list(name = "equal loadings", model = democracy_equal, options = list())
partly <- list(name = "x2 and x6 free", model = hs,
  options = list(group = "school", group.equal = "loadings", group.partial = c("visual =~ x2", "textual =~ x6")))

# name, data, options of all, models from the largest, is the smaller the larger with equalities
cases <- list(
  list("hs_ml", "hs", list(), list(one_more, three, uncorrelated), FALSE),
  list("hs_invariance_ml", "hs", list(), list(configural, metric, scalar, strict), FALSE),
  list("hs_invariance_gaps", "hs_gaps", list(missing = "ml"), list(configural, metric, scalar), FALSE),
  list("democracy_ml", "democracy", list(), list(free, equal), FALSE),
  list("hs_gls", "hs", list(estimator = "GLS"), list(one_more, three), FALSE),
  list("hs_wls", "hs", list(estimator = "WLS"), list(one_more, three), FALSE))
robust <- list(MLM = list(estimator = "MLM"), MLR = list(estimator = "MLR"), MLMV = list(estimator = "MLMV"),
  MLR_gaps = list(estimator = "MLR", missing = "ml"))
for (name in names(robust)) {
  data <- if (name == "MLR_gaps") "hs_gaps" else "hs"
  cases <- c(cases, list(
    list(paste0("hs_more_", name), data, robust[[name]], list(two_more, one_more, three), FALSE),
    list(paste0("hs_metric_", name), data, robust[[name]], list(configural, partly, metric), TRUE),
    list(paste0("hs_invariance_", name), data, robust[[name]], list(configural, metric, scalar), FALSE)))
}
cases <- c(cases, list(
  list("democracy_MLM", "democracy", list(estimator = "MLM"), list(free, equal), TRUE),
  list("democracy_MLR", "democracy", list(estimator = "MLR"), list(free, equal), TRUE)))

# The larger model at the smaller one's moments: fitted to those moments, where it leaves no residual.
at_smaller <- function(larger, smaller, call, data) {
  implied <- lavInspect(smaller, "implied")
  groups <- lavInspect(larger, "ngroups")
  if (groups == 1) implied <- list(implied)
  table <- parTable(larger)
  table$ustart[table$free > 0] <- table$est[table$free > 0]
  table$est <- table$se <- table$start <- NULL
  moments <- list(model = table, sample.cov = lapply(implied, `[[`, "cov"), sample.nobs = as.list(lavInspect(larger, "nobs")),
    sample.cov.rescale = FALSE, control = list(rel.tol = 1e-15, iter.max = 2000))
  if (!is.null(implied[[1]]$mean)) moments$sample.mean <- lapply(implied, `[[`, "mean")
  if (groups == 1) moments[c("sample.cov", "sample.nobs")] <- list(moments$sample.cov[[1]], moments$sample.nobs[[1]])
  if (groups == 1 && !is.null(moments$sample.mean)) moments$sample.mean <- moments$sample.mean[[1]]
  reached <- suppressWarnings(do.call("sem", moments))
  for (step in 1:3) {
    x <- lavaan:::lav_model_get_parameters(reached@Model)
    slope <- lavaan:::lav_model_gradient(reached@Model, lavsamplestats = reached@SampleStats, lavdata = reached@Data)
    capture.output(curve <- lavaan:::lav_model_hessian(reached@Model, lavsamplestats = reached@SampleStats,
      lavdata = reached@Data, lavoptions = reached@Options))
    basis <- if (reached@Model@eq.constraints) reached@Model@eq.constraints.K else diag(length(x))
    x <- x - as.numeric(basis %*% solve(t(basis) %*% curve %*% basis, t(basis) %*% slope))
    reached@Model <- lavaan:::lav_model_set_parameters(reached@Model, x)
  }
  table$ustart[table$free > 0] <- x[table$free[table$free > 0]]
  options <- c(call, if (identical(call$missing, "ml")) tight_em, list(control = list(optim.method = "none")))
  there <- suppressWarnings(do.call("sem", c(list(model = table, data = data), options)))
  both <- list(lavInspect(there, "implied"), lavInspect(smaller, "implied"))
  apart <- max(abs(unlist(both[[1]]) - unlist(both[[2]])))
  if (apart > 1e-8) cat("NOT THE SAME MOMENTS", apart, "\n")
  fitMeasures(there, "chisq.scaling.factor")[[1]]
}

# Satorra (2000) from the scores: A spans what the smaller model's tangent leaves out of the larger one's.
from_scores <- function(larger, smaller, shifted) {
  tangent <- function(fit) {
    delta <- lavInspect(fit, "delta")
    delta <- if (is.list(delta)) do.call(rbind, delta) else delta
    if (fit@Model@eq.constraints) delta %*% fit@Model@eq.constraints.K else delta
  }
  basis <- if (larger@Model@eq.constraints) larger@Model@eq.constraints.K else diag(larger@Model@nx.free)
  A <- t(MASS::Null(qr.solve(tangent(larger), tangent(smaller))))
  P <- solve(t(basis) %*% lavTech(larger, "information.observed") %*% basis)
  B <- t(basis) %*% lavTech(larger, "information.first.order") %*% basis
  M <- P %*% t(A) %*% solve(A %*% P %*% t(A)) %*% A %*% P %*% B
  m <- nrow(A)
  trace <- c(sum(diag(M)), sum(diag(M %*% M)))
  chisq <- fitMeasures(smaller, "chisq")[[1]] - fitMeasures(larger, "chisq")[[1]]
  if (!shifted) return(c(chisq * m / trace[1], m))
  a <- sqrt(m / trace[2])
  c(chisq * a + m - a * trace[1], m)
}
tests_from_scores <- function(fits, shifted) {
  pairs <- sapply(seq_along(fits)[-1], function(i) from_scores(fits[[i - 1]], fits[[i]], shifted))
  list(chisq_diff = pairs[1, ], df_diff = pairs[2, ], pvalue = pchisq(pairs[1, ], pairs[2, ], lower.tail = FALSE))
}

column <- function(table, name) as.numeric(table[[name]])
tests <- function(fits, ...) {
  table <- do.call(lavTestLRT, c(list(object = fits[[1]]), fits[-1], list(...)))
  list(chisq_diff = column(table, "Chisq diff")[-1], df_diff = column(table, "Df diff")[-1],
    pvalue = column(table, "Pr(>Chisq)")[-1])
}
records <- lapply(cases, function(case) {
  cat(case[[1]], "")
  data <- read_data(case[[2]])
  fits <- lapply(case[[4]], function(m) polished(m$model, data, c(case[[3]], m$options)))
  names(fits) <- sapply(case[[4]], `[[`, "name")
  is_robust <- !is.null(case[[3]]$estimator) && case[[3]]$estimator %in% c("MLM", "MLR", "MLMV")
  wanted <- c("npar", "chisq", "df", "pvalue")
  if (is_robust) wanted <- c(wanted, "chisq.scaled", "df.scaled", "pvalue.scaled", "chisq.scaling.factor")
  if (is_robust && case[[3]]$estimator == "MLMV") wanted <- c(wanted, "chisq.shift.parameters")
  models <- lapply(seq_along(fits), function(i) list(name = unbox(case[[4]][[i]]$name), model = unbox(case[[4]][[i]]$model),
    options = spelled(c(case[[3]], case[[4]][[i]]$options)),
    fit = lapply(as.list(unclass(fitMeasures(fits[[i]], wanted))), unbox)))
  plainly <- tryCatch({
    table <- do.call(lavTestLRT, c(list(object = fits[[1]]), fits[-1]))
    list(aic = column(table, "AIC"), bic = column(table, "BIC"), chisq = column(table, "Chisq"), df = column(table, "Df"))
  }, error = function(e) { cat(conditionMessage(e)); NULL })
  results <- list(default = tests(fits))
  if (is_robust) {
    standard <- lapply(fits, function(fit) fitMeasures(fit, c("chisq", "df", "chisq.scaling.factor")))
    if (case[[3]]$estimator != "MLMV") {
      results$satorra.bentler.2001 <- tests(fits, method = "satorra.bentler.2001")
      results$satorra.bentler.2010 <- tests(fits, method = "satorra.bentler.2010")
      m10 <- sapply(seq_along(fits)[-1], function(i) at_smaller(fits[[i - 1]], fits[[i]],
        c(case[[3]], case[[4]][[i - 1]]$options), data))
      results$m10 <- lapply(list(scaling_factor = m10, chisq_diff = sapply(seq_along(m10), function(i) {
        larger <- standard[[i]]; smaller <- standard[[i + 1]]
        m <- smaller[["df"]] - larger[["df"]]
        scale <- (smaller[["df"]] * smaller[["chisq.scaling.factor"]] - larger[["df"]] * m10[i]) / m
        (smaller[["chisq"]] - larger[["chisq"]]) / scale
      })), I)
    }
    gaps <- !is.null(case[[3]]$missing)
    for (A in c("delta", if (case[[5]] && !gaps) "exact")) for (shifted in c(TRUE, FALSE)) {
      name <- paste("satorra.2000", A, if (shifted) "shifted" else "scaled", sep = "_")
      if (gaps) results[[name]] <- tests_from_scores(fits, shifted)
      results[[paste0(if (gaps) "lavaan.", name)]] <-
        tests(fits, method = "satorra.2000", A.method = A, scaled.shifted = shifted)
    }
  }
  results <- lapply(results, function(one) lapply(one, I))
  list(name = unbox(case[[1]]), version = unbox("lavaan 0.6-14"),
    call = unbox("each model by sem(model, data, <options>), then polished; lavTestLRT(models, method, A.method, scaled.shifted)"),
    data = unbox(case[[2]]), models = models, table = plainly, tests = results)
})
save_records(records, "nested_tests.json")
