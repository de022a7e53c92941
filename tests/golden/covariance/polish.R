# Fits of lavaan 0.6-14 at their optimum, and their record as JSON; read by make_goldens.R and make_estimators.R.
# lavaan's optimiser stops where its function no longer changes, which leaves up to 1e-3 in flat directions. So each
# fit is polished by Newton steps on lavaan's own gradient and Hessian (with constraints: on the conditions of
# Lagrange, inequalities that hold with equality counted in), and tests, standard errors and indices are evaluated
# there. The same is done for the baseline model, and EM's moments are iterated to 1e-12.
suppressMessages({ library(lavaan); library(jsonlite) })

exact <- list(em.h1.tol = 1e-12, em.h1.iter.max = 20000L)

# The optimum near `rough`; `slope` is what is left of the gradient along what the constraints allow, each parameter
# in units of 1/sqrt(its curvature), and of the constraints themselves; `curvature` is the least eigenvalue of the
# Hessian in these units, above 0 at a minimum.
optimum <- function(rough) {
  at <- rough@Model
  x <- lavaan:::lav_model_get_parameters(at)
  n <- length(x)
  if (n == 0) return(list(x = x, slope = 0, curvature = Inf))
  slope_at <- function(x) as.numeric(lavaan:::lav_model_gradient(lavaan:::lav_model_set_parameters(at, x),
    # With gaps the groups' weights are in the casewise likelihood already; lavaan would count them twice.
    lavsamplestats = rough@SampleStats, lavdata = rough@Data, group.weight = rough@Options$missing != "ml"))
  said <- function(f, x) { value <- tryCatch(f(x), error = function(e) NULL); if (is.null(value)) numeric(0) else as.numeric(value) }
  active <- which(abs(said(at@cin.function, x)) < 1e-4)
  held <- function(x) c(said(at@ceq.function, x), said(at@cin.function, x)[active])
  q <- length(held(x))
  straight <- c(at@ceq.linear.idx, length(said(at@ceq.function, x)) + which(active %in% at@cin.linear.idx))
  bent <- setdiff(seq_len(q), straight)
  jacobian <- function(x) if (q) numDeriv::jacobian(held, x) else matrix(0, 0, n)
  allowed <- function(x) if (q) MASS::Null(unit * t(jacobian(x))) else diag(n)
  left <- function(x) max(abs(t(allowed(x)) %*% (unit * slope_at(x))), abs(held(x)), 0)
  curve_at <- function(x, method) {
    curve <- numDeriv::jacobian(slope_at, x, method = method)
    for (k in bent) curve <- curve + lambda[k] * numDeriv::hessian(function(x) held(x)[k], x)
    (curve + t(curve)) / 2
  }
  lambda <- if (q) -as.numeric(MASS::ginv(t(jacobian(x))) %*% slope_at(x)) else numeric(0)
  unit <- 1 / sqrt(pmax(abs(diag(curve_at(x, "simple"))), 1e-12))
  best <- Inf
  for (method in c(if (n > 30) "simple", "Richardson")) for (step in 1:15) {
    if (best < 1e-14) break
    curve <- curve_at(x, method)
    jac <- jacobian(x)
    keep <- if (q) { found <- qr(t(jac)); found$pivot[seq_len(found$rank)] } else integer(0)
    some <- jac[keep, , drop = FALSE] %*% diag(unit, n)
    whole <- rbind(cbind(unit * t(unit * curve), t(some)), cbind(some, matrix(0, length(keep), length(keep))))
    new <- solve(whole, -c(unit * slope_at(x), held(x)[keep]), tol = 0)
    trial <- x + unit * new[seq_len(n)]
    now <- left(trial)
    if (is.finite(best) && now >= best) break
    x <- trial
    best <- now
    lambda <- rep(0, q)
    lambda[keep] <- new[-seq_len(n)]
  }
  along <- allowed(x)
  list(x = x, slope = best, curvature = min(eigen(t(along) %*% (unit * t(unit * curve_at(x, if (n > 70) "simple" else "Richardson"))) %*% along, symmetric = TRUE)$values, Inf))
}

# Fit with `by` ("sem", "growth", "lavaan"), polish, and evaluate everything at the polished point.
polished <- function(by, model, data, options) {
  call_it <- function(model, ...) suppressWarnings(do.call(by, c(list(model = model, data = data), options, exact, list(...))))
  capture.output(rough <- call_it(model))
  best <- optimum(rough)
  table <- parTable(rough)
  table$ustart[table$free > 0] <- best$x[table$free[table$free > 0]]
  table$est <- table$se <- table$start <- NULL
  fit <- call_it(table, optim.method = "none")
  # what a constraint holds at one value: -1e-19 under the root
  held <- is.na(fit@ParTable$se) & (fit@ParTable$free > 0 | fit@ParTable$op == ":=")
  if (any(fit@ParTable$op %in% c("==", "<", ">")) && !all(is.na(fit@ParTable$se[fit@ParTable$free > 0]))) fit@ParTable$se[held] <- 0
  c(best, list(fit = fit, moved = max(abs(best$x - lavaan:::lav_model_get_parameters(rough@Model)), 0)))
}

# The record of a case, for data whose variables are multiplied by `units`: exact, as all of it is equivariant.
in_units <- function(record, units, data) {
  unit <- function(name) if (name %in% names(units)) units[[name]] else 1
  ratio <- function(row, marked = unit) switch(row$op, "=~" = unit(row$rhs) / marked(row$lhs), "~~" = marked(row$lhs) * marked(row$rhs),
    "~1" = unit(row$lhs), "~" = unit(row$lhs) / unit(row$rhs), 1)
  times <- function(row, names, by) { for (name in names) row[[name]] <- unbox(row[[name]] * by); row }
  record$est <- lapply(record$est, function(row) times(row, c("est", "se", "ci.lower", "ci.upper"), ratio(row)))
  observed <- names(table_of(data))
  record$mi <- lapply(record$mi, function(row) times(times(row, "epc", ratio(row)), "sepc.lv",
    ratio(row, function(name) if (name %in% observed) unit(name) else 1)))
  filled <- colSums(!is.na(table_of(data)[intersect(names(units), observed)]))
  shift <- sum(filled * log(units[names(filled)]))
  for (name in intersect(c("logl", "unrestricted.logl"), names(record$fit))) record$fit[[name]] <- unbox(record$fit[[name]] - shift)
  for (name in intersect(c("aic", "bic", "bic2"), names(record$fit))) record$fit[[name]] <- unbox(record$fit[[name]] + 2 * shift)
  record$fit[c("rmr", "rmr_nomean")] <- record$older[c("rmr", "rmr_nomean")] <- NULL
  record$data <- unbox(data)
  record$note <- unbox("lavaan's optimiser fails on these data: its numbers for hs or hs_gaps, brought into the units of these.")
  record
}

baseline <- function(fit, data, options) {
  options$group.equal <- options$group.partial <- NULL
  polished("lavaan", as.list(lavaan:::lav_partable_independence(fit)), data, options)
}

rows <- function(frame, names) {
  frame <- as.data.frame(frame)
  lapply(seq_len(nrow(frame)), function(i) lapply(as.list(frame[i, intersect(names, names(frame))]), unbox))
}

explained <- function(fit) {
  found <- lavInspect(fit, "rsquare")
  if (length(found) == 0) return(setNames(list(), character(0)))
  if (is.list(found)) lapply(found, function(group) lapply(as.list(group), unbox)) else lapply(as.list(found), unbox)
}

suggested <- function(fit) {
  found <- tryCatch(suppressWarnings(modindices(fit, sort. = TRUE, maximum.number = 5)), error = function(e) NULL)
  if (is.null(found) || !nrow(found)) return(NULL)
  rows(found, c("lhs", "op", "rhs", "group", "mi", "epc", "sepc.lv", "sepc.all"))
}

# lavaan 0.7's index: p / (p + 2 max(T - df, 0) / n), T Browne's residual statistic in its form with the model's
# moments (RLS; the likelihood ratio where cells are missing), n = N for maximum likelihood and N - 1 otherwise.
gfi <- function(fit) {
  said <- lavInspect(fit, "options")
  if (length(lavNames(fit, "ov.x")) || length(fit@Data@sampling.weights)) return(NA)
  t <- if (said$missing == "ml") fit@test[[1]] else tryCatch(suppressWarnings(
    lavTest(fit, test = "browne.residual.nt.model", output = "list")), error = function(e) NULL)
  if (is.null(t) || is.na(t$df)) return(NA)
  normal <- said$estimator == "ML" && said$likelihood == "normal"
  if (!normal && lavInspect(fit, "ngroups") > 1) return(NA)
  p <- length(lavNames(fit))
  p / (p + 2 * max(t$stat - t$df, 0) / (lavInspect(fit, "ntotal") - !normal))
}

# ULS as lavaan 0.7 has it (0.6-14: standard errors as if the weight matrix were right, a test without a known
# distribution): standard errors from the sandwich with the normal-theory covariance of the sample moments,
# A^-1 B A^-1 / (N - G) with A = sum f_g D'VD, B = sum f_g D'V Gamma V D, f_g = n_g / N, D the moments' derivatives;
# and Browne's residual statistic. Held against lavaan 0.7-2 for one group without means.
uls_errors <- function(fit) {
  blocks <- function(what) { found <- lavInspect(fit, what); if (is.list(found) && !"cov" %in% names(found)) found else list(found) }
  derivative <- blocks("delta"); weight <- blocks("WLS.V"); sample <- blocks("sampstat")
  n <- lavInspect(fit, "nobs"); N <- sum(n)
  bread <- meat <- 0
  for (g in seq_along(n)) {
    s <- sample[[g]]$cov
    average <- lavaan::lav_matrix_duplication_ginv(nrow(s))
    gamma <- 2 * average %*% (s %x% s) %*% t(average)
    if (lavInspect(fit, "meanstructure")) gamma <- lavaan::lav_matrix_bdiag(s, gamma)
    bread <- bread + n[g] / N * t(derivative[[g]]) %*% weight[[g]] %*% derivative[[g]]
    meat <- meat + n[g] / N * t(derivative[[g]]) %*% weight[[g]] %*% gamma %*% weight[[g]] %*% derivative[[g]]
  }
  basis <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(ncol(bread))
  inverse <- basis %*% solve(t(basis) %*% bread %*% basis) %*% t(basis)
  covariance <- inverse %*% meat %*% inverse / (N - length(n))
  fit@vcov$vcov <- covariance
  free <- fit@ParTable$free
  fit@ParTable$se[free > 0] <- sqrt(diag(covariance))[free[free > 0]]
  defined <- which(fit@ParTable$op == ":=")
  if (length(defined)) {
    slopes <- numDeriv::jacobian(fit@Model@def.function, lavaan:::lav_model_get_parameters(fit@Model))
    fit@ParTable$se[defined] <- sqrt(diag(slopes %*% covariance %*% t(slopes)))
  }
  fit
}

uls_measures <- function(measures, fit, base) {
  residual <- function(fit) lavTest(fit, test = "browne.residual.nt", output = "list")
  t <- residual(fit); b <- residual(base)
  groups <- lavInspect(fit, "ngroups"); n <- lavInspect(fit, "ntotal") - groups
  beyond <- max(t$stat - t$df, 0); base_beyond <- max(b$stat - b$df, t$stat - t$df, 0)
  limit <- function(p) { at_zero <- pchisq(t$stat, t$df); if (at_zero < p) 0 else uniroot(function(l) pchisq(t$stat, t$df, l) - p, c(0, 10 * t$stat + 100), tol = 1e-12)$root }
  rmsea <- function(l) sqrt(l / (n * t$df)) * sqrt(groups)
  measures[c("chisq", "pvalue", "baseline.chisq", "baseline.df", "baseline.pvalue", "cfi", "nfi", "rmsea", "rmsea.ci.lower",
    "rmsea.ci.upper", "rmsea.pvalue")] <- list(t$stat, t$pvalue, b$stat, b$df, b$pvalue, 1 - beyond / base_beyond, 1 - t$stat / b$stat,
    rmsea(beyond), rmsea(limit(0.95)), rmsea(limit(0.05)), pchisq(t$stat, t$df, n * t$df * 0.05^2 / groups, lower.tail = FALSE))
  measures$tli <- measures$nnfi <- (b$stat / b$df - t$stat / t$df) / (b$stat / b$df - 1)
  measures
}
# What uls_measures leaves as lavaan 0.6-14 had it.
uls_older <- c("rfi", "pnfi", "ifi", "rni", "rmsea.notclose.pvalue", "cn_05", "cn_01", "mfi", "ecvi")
robust_uls_older <- c(uls_older, "chisq", "pvalue", "baseline.chisq", "baseline.df", "baseline.pvalue", "cfi", "nfi", "tli", "nnfi", "rmsea",
  "rmsea.ci.lower", "rmsea.ci.upper", "rmsea.pvalue")

unbox_number <- function(value) unbox(if (is.character(value)) value else as.numeric(value))

as_written <- function(value) {
  text <- if (is.character(value)) paste0('"', value, '"') else as.character(value)
  if (length(text) > 1) paste0("c(", paste(text, collapse = ", "), ")") else text
}

call_of <- function(by, options) {
  said <- if (length(options)) paste0(", ", paste0(names(options), "=", sapply(options, as_written), collapse = ", ")) else ""
  paste0(by, "(model, data", said, "), then polished")
}

# What lavaan 0.7 computes by another formula; those numbers go to `older`.
table_of <- function(name) read.csv(file.path("tests/data", paste0(name, ".csv")))
changed <- c("gfi", "agfi", "pgfi")
constants <- c("rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0")

# One case: fit, polish, write `<name>.json`. `older`: further fit measures that lavaan 0.7 gives otherwise; `amend`:
# a last change to the record.
golden <- function(name, model, data, options = list(), by = "sem", note = NULL, older = character(0), amend = identity) {
  frame <- table_of(data)
  done <- polished(by, model, frame, options)
  fit <- done$fit
  plain_uls <- identical(options$estimator, "ULS") && is.null(options$se)
  if (plain_uls) fit <- uls_errors(fit)
  base <- tryCatch(baseline(fit, frame, options), error = function(e) NULL)
  measures <- suppressWarnings(if (is.null(base)) fitMeasures(fit) else fitMeasures(fit, baseline.model = base$fit))
  measures <- as.list(unclass(measures))[setdiff(names(measures), constants)]
  if (plain_uls) measures <- uls_measures(measures, fit, base$fit)
  if (plain_uls) older <- uls_older
  # lavaan 0.6 leaves these out where the model has more degrees of freedom than the baseline, and cuts the second at 1
  if (isTRUE(measures$df > measures$baseline.df) || isTRUE(measures$df > 0 && measures$rfi == 1)) older <- c(older, "nfi", "rfi", "rfi.scaled", "nfi.scaled")
  old <- measures[intersect(names(measures), c(changed, older))]
  measures <- measures[setdiff(names(measures), names(old))]
  if (!is.na(gfi(fit))) measures$gfi <- gfi(fit)
  est <- subset(parameterEstimates(fit, remove.eq = TRUE), !op %in% c("==", "<", ">"))
  std <- subset(standardizedSolution(fit), !op %in% c("==", "<", ">"))
  listed <- names(options) %in% c("group.equal", "group.partial")
  record <- list(version = unbox("lavaan 0.6-14"), call = unbox(call_of(by, options)), data = unbox(data))
  if (by == "growth") record[["function"]] <- unbox("growth")
  record$model <- unbox(model)
  record$options <- setNames(lapply(seq_along(options), function(i) if (listed[i] || length(options[[i]]) > 1) options[[i]] else unbox(options[[i]])),
    gsub(".", "_", names(options), fixed = TRUE))
  if (!length(options)) record$options <- setNames(list(), character(0))
  if (!is.null(note)) record$note <- unbox(note)
  if (lavInspect(fit, "ngroups") > 1) record$groups <- lavInspect(fit, "group.label")
  record$converged <- unbox(lavInspect(fit, "converged"))
  record$fit <- lapply(measures, unbox)
  record$older <- lapply(old, unbox)
  record$tests <- lapply(unname(fit@test), function(test) lapply(
    test[intersect(c("test", "stat", "df", "pvalue", "scaling.factor", "shift.parameter"), names(test))], unbox_number))
  record$est <- rows(est, c("lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci.lower", "ci.upper"))
  record$std <- rows(std, c("lhs", "op", "rhs", "group", "label", "est.std", "se", "z", "pvalue", "ci.lower", "ci.upper"))
  record$r2 <- explained(fit)
  record$mi <- suggested(fit)
  record <- amend(record)
  write(toJSON(record, digits = NA, pretty = 1, na = "null"), file.path("tests/golden/covariance", paste0(name, ".json")))
  cat(sprintf("%-32s slope %.0e curvature %.0e moved %.0e baseline %.0e  chisq %.6f df %g npar %g mi %d\n", name, done$slope,
    done$curvature, done$moved, if (is.null(base)) NA else base$slope, fitMeasures(fit, "chisq"), measures$df, measures$npar, length(record$mi)))
  invisible(fit)
}
