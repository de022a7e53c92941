# What every make_*.R of this folder starts with: the data, the models, fits at their true minimum, and how a record
# is written. Run from the repository's root, with R 4.2, lavaan 0.6-14, semTools 0.5-6 and boot 1.3-28:
#   Rscript tests/golden/after_fit/make_modification_indices.R
# lavaan's optimiser stops where its function no longer changes, which leaves up to 1e-3 in flat directions. So each
# fit is polished by Newton steps on lavaan's own gradient and Hessian (within the linear constraints), and the
# optimiser is started again from there; it finds nothing to do (where it does, it is left out).
suppressMessages({ library(lavaan); library(jsonlite) })
folder <- "tests/golden/after_fit"
read_data <- function(name) read.csv(file.path("tests/data", paste0(name, ".csv")))

# Under FIML the gradient is weighted by the groups' sizes already; asked once more it would not be the function's.
gradient_of <- function(at, fit) lavaan:::lav_model_gradient(at, lavsamplestats = fit@SampleStats,
  lavdata = fit@Data, group.weight = fit@Options$missing != "ml")
slope_of <- function(fit) {
  at <- fit@Model
  slope <- gradient_of(at, fit)
  if (at@eq.constraints) as.numeric(t(at@eq.constraints.K) %*% slope) else slope
}

# EM for the unrestricted moments stops early too (1e-5, which moves standardised residuals by 1e-4).
tight_em <- list(em.h1.tol = 1e-12, em.h1.iter.max = 10000)
polished <- function(model, data, options = list(), by = "sem") {
  if (identical(options$missing, "ml")) options <- c(options, tight_em)
  capture.output(rough <- suppressWarnings(do.call(by, c(list(model = model, data = data), options))))
  table <- parTable(rough)
  at <- rough@Model
  x <- lavaan:::lav_model_get_parameters(at)
  basis <- if (at@eq.constraints) at@eq.constraints.K else diag(length(x))
  for (step in 1:25) {
    at <- lavaan:::lav_model_set_parameters(at, x)
    slope <- gradient_of(at, rough)
    capture.output(curve <- lavaan:::lav_model_hessian(at, lavsamplestats = rough@SampleStats,
      lavdata = rough@Data, lavoptions = rough@Options, group.weight = rough@Options$missing != "ml"))
    move <- as.numeric(basis %*% solve(t(basis) %*% curve %*% basis, t(basis) %*% slope))
    if (max(abs(move)) < 1e-12) break
    x <- x - move
  }
  table$ustart[table$free > 0] <- x[table$free[table$free > 0]]
  table$est <- table$se <- table$start <- NULL
  fit <- suppressWarnings(do.call(by, c(list(model = table, data = data), options)))
  if (max(abs(slope_of(fit))) > 1e-8)
    fit <- suppressWarnings(do.call(by, c(list(model = table, data = data, control = list(optim.method = "none")), options)))
  steepest <- max(abs(slope_of(fit)))
  if (!lavInspect(fit, "converged") || steepest > 1e-7) cat("NOT AT A MINIMUM: slope", steepest, "\n")
  fit
}

hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
democracy_measured <- "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
democracy_paths <- "dem60 ~ ind60\ndem65 ~ ind60 + dem60\n"
democracy_residuals <- "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\n"
democracy <- paste0(democracy_measured, democracy_paths, democracy_residuals)
democracy_equal <- paste0("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8\n",
  democracy_paths, democracy_residuals)
mediation <- "Y ~ c*X\nM ~ a*X\nY ~ b*M\nab := a*b\ntotal := c + (a*b)\n"
mimic <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + ageyr\ntextual ~ sex + ageyr\n"
growth_curve <- "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\n"
second_order <- paste0(hs, "g =~ visual + textual + speed\n")

# Numbers as JSON: one number stays one number, a matrix keeps the names of its rows and columns, a data frame is a
# list of columns.
plain <- function(x) {
  if (is.null(x)) return(NULL)
  if (is.data.frame(x)) return(lapply(as.list(x), function(column) I(unclass(column))))
  if (is.matrix(x)) {
    values <- matrix(as.numeric(x), nrow(x))
    if (is.null(rownames(x))) return(values)
    return(list(rows = I(rownames(x)), columns = I(colnames(x)), values = values))
  }
  if (is.list(x)) return(lapply(x, plain))
  if (!is.null(names(x))) return(lapply(as.list(x), unbox))
  if (length(x) == 1 && !inherits(x, "AsIs")) return(unbox(x))
  x
}
object <- function(x) if (length(x)) x else setNames(list(), character(0))
spelled <- function(options) {
  options <- lapply(options, function(value) if (length(value) == 1) unbox(value) else value)
  for (vector in intersect(c("group.equal", "group.partial"), names(options))) options[[vector]] <- I(options[[vector]])
  names(options) <- gsub(".", "_", names(options), fixed = TRUE)
  object(options)
}
written_call <- function(verb, options) paste0(verb, "(model, data",
  if (length(options)) paste0(", ", paste(names(options), sapply(options, function(o) paste(deparse(o), collapse = "")),
    sep = " = ", collapse = ", ")), "), then polished")
estimates <- function(fit, ...) subset(parameterEstimates(fit, remove.eq = FALSE, ...), op != "==")
# `data` names a file of tests/data; numbers are anything that `plain` knows.
record <- function(name, call, data, model, options, numbers, version = "lavaan 0.6-14") c(
  list(name = unbox(name), version = unbox(version), call = unbox(call), data = unbox(data), model = unbox(model),
    options = spelled(options)), lapply(numbers, plain))
save_records <- function(records, file) {
  write(toJSON(records, digits = NA, na = "null", null = "null"), file.path(folder, file))
  cat(file, length(records), "records\n")
}
