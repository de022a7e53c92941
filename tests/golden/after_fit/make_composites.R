# Makes composites.json: composites in sem() by the Henseler-Ogasawara specification, written out by hand.
#   Rscript tests/golden/after_fit/make_composites.R
# A block of K indicators is replaced by its composite C and K - 1 excrescent variables, without residuals: the
# indicators are a square matrix of loadings times these variables. C has a loading on every indicator, the first fixed
# to 1. In the refined form (Yu, Schuberth & Henseler, 2023) two indicators load on each excrescent variable, and the
# excrescent variables of a block covary among themselves and with nothing else. The two are here an indicator and the
# block's dominant one: the loading of the former is 1, that of the dominant one is then minus the ratio of their weights
# (former over dominant). In a chain of neighbours (1 and 2, 2 and 3) that ratio runs off where a weight is near zero, and
# lavaan finds no minimum for `two_composites`. The original form (Henseler, 2021; Schuberth, 2023) has uncorrelated
# excrescent variables, the k-th with loadings on the first k + 1 indicators (the dominant one being first, the last
# loading fixed to 1); it is fitted too and must give the same chi-square and weights.
# The weights of C are the first row of the inverse of the block's loadings, over the standard deviation of C (`weight`),
# and times those of the indicators (`standardised`); their errors are by the delta method, derivatives by numDeriv.
source("tests/golden/after_fit/fits.R")

dominant <- list(C = "x1", D = "x6")
excrescent <- function(name, k) paste0(name, "_e", k)
# Starting values are those of the plain sum of the indicators, in the data at hand.
started <- function(items, S, form) {
  K <- length(items)
  sums <- rowSums(S)
  loading <- sums / sums[1]
  variance <- sums[1]^2 / sum(S)
  N <- rbind(-1, diag(K - 1))
  left <- solve(t(N) %*% N, t(N))
  phi <- left %*% (S - variance * loading %*% t(loading)) %*% t(left)
  if (form == "original") {
    back <- rev(seq_len(K - 1))
    upper <- t(chol(phi[back, back, drop = FALSE]))[back, back, drop = FALSE]
    N <- N %*% upper
    last <- N[cbind(seq_len(K - 1) + 1, seq_len(K - 1))]
    N <- sweep(N, 2, last, "/")
    phi <- diag(last^2, K - 1)
  }
  list(loading = loading, variance = variance, N = N, phi = phi)
}
block <- function(name, items, dominant, others, form, S) {
  K <- length(items)
  nu <- excrescent(name, seq_len(K - 1))
  start <- function(value, of) paste0("start(", signif(value, 6), ")*", of)
  sum_of_all <- started(items, S, form)
  lines <- c(paste(name, "=~", paste(c(items[1], start(sum_of_all$loading[-1], items[-1])), collapse = " + ")),
    paste(name, "~~", start(sum_of_all$variance, name)))
  items <- c(dominant, setdiff(items, dominant))
  from <- started(items, S[items, items], form)
  for (k in seq_len(K - 1)) {
    free <- if (form == "refined") 1 else seq_len(k)
    lines <- c(lines, paste(nu[k], "=~", paste(c(paste0("1*", items[k + 1]), start(from$N[free, k], items[free])), collapse = " + ")),
      paste(nu[k], "~~", start(from$phi[k, k], nu[k])))
  }
  if (K > 2) for (k in seq_len(K - 2)) for (l in (k + 1):(K - 1))
    lines <- c(lines, paste(nu[k], "~~", if (form == "refined") start(from$phi[k, l], nu[l]) else paste0("0*", nu[l])))
  lines <- c(lines, paste0(items, " ~~ 0*", items))
  for (one in nu) lines <- c(lines, paste0(one, " ~~ 0*", c(name, others)))
  lines
}
written <- function(composites, rest, factors, form, data) {
  lines <- character(0)
  for (i in seq_along(composites)) {
    name <- names(composites)[i]
    later <- unlist(lapply(seq_along(composites)[-i], function(j) if (j > i)
      c(names(composites)[j], excrescent(names(composites)[j], seq_len(length(composites[[j]]) - 1))) else names(composites)[j]))
    S <- cov(data[composites[[i]]], use = "complete.obs")
    lines <- c(lines, block(name, composites[[i]], dominant[[name]], c(later, factors), form, S))
  }
  paste0(paste(c(lines, rest), collapse = "\n"), "\n")
}
# weights, standardised weights, loadings (correlations of the indicators with C) and the variance of C
derived <- function(fit, x, name, items, g) {
  at <- lavaan:::lav_model_set_parameters(fit@Model, x)
  matrices <- at@GLIST[grep("lambda", names(at@GLIST))[g]][[1]]
  columns <- fit@Model@dimNames[[grep("lambda", names(at@GLIST))[g]]][[2]]
  rows <- fit@Model@dimNames[[grep("lambda", names(at@GLIST))[g]]][[1]]
  inside <- c(name, excrescent(name, seq_len(length(items) - 1)))
  lambda <- matrices[match(items, rows), match(inside, columns)]
  latent <- lavaan:::computeVETA(at)[[g]]
  sigma <- lavaan:::computeSigmaHat(at)[[g]][match(items, rows), match(items, rows)]
  variance <- latent[match(name, columns), match(name, columns)]
  weight <- solve(lambda)[1, ] / sqrt(variance)
  c(weight, weight * sqrt(diag(sigma)), lambda[, 1] * sqrt(variance) / sqrt(diag(sigma)), variance)
}
table_of <- function(fit, composites) {
  x <- lavaan:::lav_model_get_parameters(fit@Model)
  V <- vcov(fit)
  labels <- lavInspect(fit, "group.label")
  do.call(rbind, lapply(seq_len(lavInspect(fit, "ngroups")), function(g) do.call(rbind, lapply(names(composites), function(name) {
    items <- composites[[name]]
    at <- function(z) derived(fit, z, name, items, g)
    jacobian <- numDeriv::jacobian(at, x)
    value <- matrix(at(x)[seq_len(3 * length(items))], ncol = 3)
    se <- matrix(sqrt(diag(jacobian %*% V %*% t(jacobian)))[seq_len(3 * length(items))], ncol = 3)
    data.frame(composite = name, group = g, indicator = items, weight = value[, 1], weight_se = se[, 1],
      standardised = value[, 2], standardised_se = se[, 2], loading = value[, 3], loading_se = se[, 3],
      variance = at(x)[3 * length(items) + 1])
  }))))
}
textual <- "textual =~ x4 + x5 + x6"; speed <- "speed =~ x7 + x8 + x9"
three <- paste0("x", 1:3)
# name, data, composites, factors, rest of the model, options
cases <- list(
  list("cause", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "textual ~ C", "speed ~ C", "textual ~~ speed")),
  list("correlated", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "C ~~ textual + speed", "textual ~~ speed")),
  list("chain", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "speed ~ C", "C ~ textual")),
  list("outcome", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "C ~ textual + speed", "textual ~~ speed")),
  list("two_composites", "hs", list(C = three, D = paste0("x", 4:6)), "speed", c(speed, "speed ~ C + D", "C ~~ D")),
  list("composite_to_composite", "hs", list(C = three, D = paste0("x", 4:6)), "speed", c(speed, "D ~ C", "speed ~ D")),
  list("two_indicators", "hs", list(C = c("x1", "x2")), c("textual", "speed"), c(textual, speed, "textual ~ C", "speed ~ C",
    "textual ~~ speed")),
  list("four_indicators", "hs", list(C = c("x1", "x2", "x3", "x7")), "textual", c(textual, "textual ~ C", "x9 ~ textual + C")),
  list("cause_mlr", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "textual ~ C", "speed ~ C",
    "textual ~~ speed"), list(estimator = "MLR")),
  list("cause_gaps", "hs_gaps", list(C = three), c("textual", "speed"), c(textual, speed, "textual ~ C", "speed ~ C",
    "textual ~~ speed"), list(missing = "ml")),
  list("cause_groups", "hs", list(C = three), c("textual", "speed"), c(textual, speed, "textual ~ C", "speed ~ C",
    "textual ~~ speed"), list(group = "school")))
indices <- c("npar", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "logl", "aic", "bic")
records <- lapply(cases, function(case) {
  options <- if (length(case) > 5) case[[6]] else list()
  data <- read_data(case[[2]])
  model <- written(case[[3]], case[[5]], case[[4]], "refined", data)
  original <- written(case[[3]], case[[5]], case[[4]], "original", data)
  cat(case[[1]], "")
  fit <- polished(model, data, options)
  again <- polished(original, data, options)
  weights <- table_of(fit, case[[3]])
  weights_again <- table_of(again, case[[3]])
  cat("chisq", fitMeasures(fit, "chisq"), "df", fitMeasures(fit, "df"), "original form away by",
    fitMeasures(again, "chisq") - fitMeasures(fit, "chisq"), max(abs(as.matrix(weights[-(1:3)]) - as.matrix(weights_again[-(1:3)]))), "\n")
  est <- as.data.frame(unclass(estimates(fit)))
  std <- as.data.frame(unclass(subset(standardizedSolution(fit), op != "==")))
  drop <- function(t) t[!(grepl("_e[0-9]+$", t$lhs) | grepl("_e[0-9]+$", t$rhs)), ]
  record(case[[1]], written_call("sem", options), case[[2]], model, options,
    list(short = paste0(paste(c(paste0(names(case[[3]]), " <~ ", sapply(case[[3]], paste, collapse = " + ")), case[[5]]),
      collapse = "\n"), "\n"), fit = unclass(fitMeasures(fit, indices)), est = drop(est), std.all = drop(std),
      weights = weights, r2 = if (is.null(options$group)) unclass(lavInspect(fit, "rsquare")) else NULL))
})
save_records(records, "composites.json")
