# Structural-after-measurement by the formulas of Rosseel and Loh (2022), with every fit polished: lavaan's sam() stops
# its own fits early and has no handle for that. The make script checks it against sam().
#   blocks: a list of vectors of factors, each fitted by itself first; measured: the model text of each block.
sam_by_formula <- function(measured, structural, data, method, options = list()) {
  first <- lapply(measured, function(text) polished(text, data, options))
  pieces <- lapply(first, function(fit) lavInspect(fit, "est"))
  indicators <- unlist(lapply(pieces, function(p) rownames(p$lambda)))
  factors <- unlist(lapply(pieces, function(p) colnames(p$lambda)))
  lambda <- matrix(0, length(indicators), length(factors), dimnames = list(indicators, factors))
  theta <- matrix(0, length(indicators), length(indicators), dimnames = list(indicators, indicators))
  for (p in pieces) {
    lambda[rownames(p$lambda), colnames(p$lambda)] <- p$lambda
    theta[rownames(p$theta), rownames(p$theta)] <- p$theta
  }
  n <- nrow(data)
  S <- cov(data[indicators]) * (n - 1) / n
  mapping <- solve(t(lambda) %*% solve(theta, lambda), t(lambda) %*% solve(theta))
  latent <- mapping %*% (S - theta) %*% t(mapping)
  dimnames(latent) <- list(factors, factors)
  # the whole model, its measurement part held at the first step's values
  joint <- sem(paste(c(measured, structural), collapse = "\n"), data, do.fit = FALSE)
  table <- parTable(joint)
  key <- function(t) paste(t$lhs, t$op, t$rhs)
  is_measurement <- function(t) t$op == "=~" | (t$op == "~~" & !(t$lhs %in% factors))
  known <- do.call(rbind, lapply(first, function(fit) parTable(fit)[c("lhs", "op", "rhs", "est", "free")]))
  known <- known[is_measurement(known), ]
  at <- match(key(table), key(known))
  held <- table
  held$ustart[is_measurement(held)] <- known$est[at[is_measurement(held)]]
  held$free[is_measurement(held)] <- 0L
  held$free[held$free > 0] <- seq_len(sum(held$free > 0))
  held$est <- held$se <- held$start <- NULL
  if (method == "local") {
    rows <- !is_measurement(held)
    second <- suppressWarnings(polished_moments(held[rows, ], latent, n))
    held$ustart[rows] <- parTable(second)$est[match(key(held)[rows], key(parTable(second)))]
  } else {
    second <- polished_table(held, data)
    held$ustart <- parTable(second)$est[match(key(held), key(parTable(second)))]
  }
  table$ustart <- held$ustart
  table$est <- table$se <- table$start <- NULL
  whole <- suppressWarnings(sem(table, data, control = list(optim.method = "none")))
  table <- parTable(whole)
  information <- n * lavTech(whole, "information.expected")
  one <- table$free[table$free > 0 & is_measurement(table)]
  two <- table$free[table$free > 0 & !is_measurement(table)]
  sigma <- matrix(0, length(one), length(one))
  one_keys <- key(table)[match(one, table$free)]
  for (fit in first) {
    own <- parTable(fit)
    own <- own[own$free > 0 & is_measurement(own), ]
    where <- match(key(own), one_keys)
    sigma[where, where] <- vcov(fit)[own$free, own$free]
  }
  inverse <- solve(information[two, two])
  cross <- inverse %*% information[two, one]
  variance <- inverse + cross %*% sigma %*% t(cross)
  rows <- match(two, table$free)
  list(latent_covariance = latent, mapping = mapping, reliability = diag(latent) / diag(mapping %*% S %*% t(mapping)),
    measurement = known[c("lhs", "op", "rhs", "est")],
    structural = data.frame(lhs = table$lhs[rows], op = table$op[rows], rhs = table$rhs[rows], est = table$est[rows],
      se = sqrt(diag(variance)), se_second_step_alone = sqrt(diag(inverse))),
    structural_fit = unclass(fitMeasures(second, c("chisq", "df"))))
}
polished_by <- function(rough, again) {
  x <- lavaan:::lav_model_get_parameters(rough@Model)
  for (step in 1:10) {
    at <- lavaan:::lav_model_set_parameters(rough@Model, x)
    slope <- lavaan:::lav_model_gradient(at, lavsamplestats = rough@SampleStats, lavdata = rough@Data)
    capture.output(curve <- lavaan:::lav_model_hessian(at, lavsamplestats = rough@SampleStats, lavdata = rough@Data,
      lavoptions = rough@Options))
    x <- x - solve(curve, slope)
  }
  table <- parTable(rough)
  table$ustart[table$free > 0] <- x[table$free[table$free > 0]]
  table$est <- table$se <- table$start <- NULL
  fit <- again(table)
  if (max(abs(slope_of(fit))) > 1e-8) cat("NOT AT A MINIMUM", max(abs(slope_of(fit))), "\n")
  fit
}
polished_moments <- function(table, S, n) {
  again <- function(t, ...) suppressWarnings(sem(t, sample.cov = S, sample.nobs = n, sample.cov.rescale = FALSE, ...))
  polished_by(again(table), function(t) again(t, control = list(optim.method = "none")))
}
polished_table <- function(table, data) {
  again <- function(t, ...) suppressWarnings(sem(t, data, ...))
  polished_by(again(table), function(t) again(t, control = list(optim.method = "none")))
}
