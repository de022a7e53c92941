# Fits of lavaan 0.6-14 at their optimum, and their record as JSON; read by make_estimators.R.
# lavaan's optimiser stops where its function no longer changes, which leaves up to 1e-3 in flat directions. So each
# fit is polished by Newton steps on lavaan's own gradient and Hessian (with constraints: on the conditions of
# Lagrange, inequalities that hold with equality counted in), and tests, standard errors and indices are evaluated
# there. The same is done for the baseline model, and EM's moments are iterated to 1e-12.
suppressMessages({ library(lavaan); library(jsonlite) })

exact <- list(em.h1.tol = 1e-12, em.h1.iter.max = 20000L)

# The optimum near `rough`; `slope` is what is left of the gradient along what the constraints allow, each parameter
# in units of 1/sqrt(its curvature), and of the constraints themselves.
optimum <- function(rough) {
  at <- rough@Model
  x <- lavaan:::lav_model_get_parameters(at)
  n <- length(x)
  slope_at <- function(x) as.numeric(lavaan:::lav_model_gradient(lavaan:::lav_model_set_parameters(at, x),
    lavsamplestats = rough@SampleStats, lavdata = rough@Data))
  said <- function(f, x) { value <- tryCatch(f(x), error = function(e) NULL); if (is.null(value)) numeric(0) else as.numeric(value) }
  active <- which(abs(said(at@cin.function, x)) < 1e-4)
  held <- function(x) c(said(at@ceq.function, x), said(at@cin.function, x)[active])
  q <- length(held(x))
  straight <- c(at@ceq.linear.idx, length(said(at@ceq.function, x)) + which(active %in% at@cin.linear.idx))
  bent <- setdiff(seq_len(q), straight)
  jacobian <- function(x) if (q) numDeriv::jacobian(held, x) else matrix(0, 0, n)
  lambda <- if (q) -as.numeric(MASS::ginv(t(jacobian(x))) %*% slope_at(x)) else numeric(0)
  unit <- NULL
  left <- function(x) {
    allowed <- if (q) MASS::Null(unit * t(jacobian(x))) else diag(n)
    max(abs(t(allowed) %*% (unit * slope_at(x))), abs(held(x)), 0)
  }
  best <- Inf
  for (step in 1:15) {
    curve <- numDeriv::jacobian(slope_at, x, method = if (n > 30) "simple" else "Richardson")
    curve <- (curve + t(curve)) / 2
    for (k in bent) curve <- curve + lambda[k] * numDeriv::hessian(function(x) held(x)[k], x)
    if (is.null(unit)) unit <- 1 / sqrt(pmax(abs(diag(curve)), 1e-12))
    jac <- jacobian(x)
    keep <- if (q) { found <- qr(t(jac)); found$pivot[seq_len(found$rank)] } else integer(0)
    some <- jac[keep, , drop = FALSE] %*% diag(unit, n)
    whole <- rbind(cbind(unit * t(unit * curve), t(some)), cbind(some, matrix(0, length(keep), length(keep))))
    new <- solve(whole, -c(unit * slope_at(x), held(x)[keep]), tol = 0)
    trial <- x + unit * new[seq_len(n)]
    now <- left(trial)
    if (step > 1 && now >= best) break
    x <- trial
    best <- now
    lambda <- rep(0, q)
    lambda[keep] <- new[-seq_len(n)]
    if (best < 1e-15) break
  }
  list(x = x, slope = best)
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
  list(fit = fit, slope = best$slope, moved = max(abs(best$x - lavaan:::lav_model_get_parameters(rough@Model)), 0))
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
# moments (RLS), n = N for maximum likelihood and N - 1 otherwise; lavaan 0.6 has another.
gfi <- function(fit) {
  t <- tryCatch(suppressWarnings(lavTest(fit, test = "browne.residual.nt.model", output = "list")), error = function(e) NULL)
  if (is.null(t) || length(lavNames(fit, "ov.x")) || lavInspect(fit, "options")$missing != "listwise") return(NA)
  normal <- lavInspect(fit, "options")$estimator == "ML" && lavInspect(fit, "options")$likelihood == "normal"
  p <- length(lavNames(fit))
  p / (p + 2 * max(t$stat - t$df, 0) / (lavInspect(fit, "ntotal") - !normal))
}

as_written <- function(value) {
  text <- if (is.character(value)) paste0('"', value, '"') else as.character(value)
  if (length(text) > 1) paste0("c(", paste(text, collapse = ", "), ")") else text
}

call_of <- function(by, options) {
  said <- if (length(options)) paste0(", ", paste0(names(options), "=", sapply(options, as_written), collapse = ", ")) else ""
  paste0(by, "(model, data", said, "), then polished")
}

# What lavaan 0.7 computes by another formula; those numbers go to `older`.
changed <- c("gfi", "agfi", "pgfi")
constants <- c("rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0")

# One case: fit, polish, write `<name>.json`. `older`: further fit measures that lavaan 0.7 gives otherwise.
golden <- function(name, model, data, options = list(), by = "sem", note = NULL, older = character(0), amend = identity) {
  frame <- read.csv(file.path("tests/data", paste0(data, ".csv")))
  done <- polished(by, model, frame, options)
  fit <- amend(done$fit)
  base <- tryCatch(baseline(fit, frame, options), error = function(e) NULL)
  measures <- suppressWarnings(if (is.null(base)) fitMeasures(fit) else fitMeasures(fit, baseline.model = base$fit))
  measures <- as.list(unclass(measures))[setdiff(names(measures), constants)]
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
  record$est <- rows(est, c("lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci.lower", "ci.upper"))
  record$std <- rows(std, c("lhs", "op", "rhs", "group", "label", "est.std", "se", "z", "pvalue", "ci.lower", "ci.upper"))
  record$r2 <- explained(fit)
  record$mi <- suggested(fit)
  write(toJSON(record, digits = NA, pretty = 1, na = "null"), file.path("tests/golden/covariance", paste0(name, ".json")))
  cat(sprintf("%-34s slope %.1e moved %.1e baseline %.1e  chisq %.6f df %g npar %g mi %d\n", name, done$slope, done$moved,
    if (is.null(base)) NA else base$slope, measures$chisq, measures$df, measures$npar, length(record$mi)))
  invisible(fit)
}
