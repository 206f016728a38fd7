# Oracle numbers of the claim ledger (tests/analyses/ledger): pooled odds ratios, shares, leads, medians. Base R only.
# Run: Rscript oracles_ledger.R; it prints the numbers that stand in the tests, in their order.
options(digits=10)
pool <- function(y, v) { # REML by maximising the restricted likelihood, Hartung-Knapp, guarded
  ll <- function(t2) { w <- 1/(v+t2); m <- sum(w*y)/sum(w); -0.5*(sum(log(v+t2))+log(sum(w))+sum(w*(y-m)^2)) }
  t2 <- optimize(ll, c(0, 20), maximum=TRUE, tol=1e-12)$maximum
  if (ll(0) >= ll(t2)) t2 <- 0
  w <- 1/(v+t2); m <- sum(w*y)/sum(w); k <- length(y)
  se <- sqrt(sum(w*(y-m)^2)/((k-1)*sum(w))); se <- max(se, sqrt(1/sum(w)))
  q <- sum((y - sum(y/v)/sum(1/v))^2/v)
  c(est=m, lo=m-qt(.975,k-1)*se, hi=m+qt(.975,k-1)*se, i2=max(0,(q-k+1)/q), tau2=t2)
}
firth2 <- function(t) { # t: 2x2, rows groups, columns event/none
  r <- (t[,1]+.5)/(rowSums(t)+1); c(qlogis(r[1])-qlogis(r[2]), sum(1/(rowSums(t)*r*(1-r)))) }
A <- list(matrix(c(13,0,2,10),2), matrix(c(20,6,5,9),2), matrix(c(7,3,0,4),2))
f <- sapply(A, firth2); r <- pool(f[1,], f[2,]); print(exp(r[1:3])); print(r[4:5])
arr <- array(unlist(A), c(2,2,3)); print(mantelhaen.test(arr, correct=FALSE)$p.value)
# heterogeneous: opposite sides
H <- list(matrix(c(18,4,2,16),2), matrix(c(3,15,17,5),2), matrix(c(10,9,10,11),2))
f <- sapply(H, firth2); r <- pool(f[1,], f[2,]); print(exp(r[1:3])); print(r[4:5])
# two sites, Firth by direct maximisation
long <- function(L) do.call(rbind, lapply(seq_along(L), function(s) { t <- L[[s]]
  data.frame(s=s, x=rep(c(1,1,0,0), c(t[1,1],t[1,2],t[2,1],t[2,2])), y=rep(c(1,0,1,0), c(t[1,1],t[1,2],t[2,1],t[2,2]))) }))
pl <- function(X, y) function(b) { e <- X %*% b; p <- plogis(e); W <- as.vector(p*(1-p))
  -(sum(y*e - log1p(exp(e))) + .5*as.numeric(determinant(crossprod(X, X*W))$modulus)) }
fit <- function(X,y,fix=NULL,at=0) { j <- ncol(X)
  g <- function(b) pl(X,y)(if (is.null(fix)) b else c(b,at))
  o <- optim(rep(0, j-!is.null(fix)), g, method="BFGS", control=list(reltol=1e-15,maxit=5000)); o <- optim(o$par,g,method="BFGS",control=list(reltol=1e-15,maxit=5000)); o }
for (L in list(A[1:2], A[1])) { d <- long(L); X <- if (length(L)==2) cbind(d$s==1, d$s==2, d$x)*1 else cbind(1, d$x); y <- d$y
  o <- fit(X,y); b <- o$par[ncol(X)]; pr <- function(v) 2*(fit(X,y,TRUE,v)$value - o$value) - qchisq(.95,1)
  lo <- uniroot(pr, c(b-6,b), tol=1e-8)$root; hi <- uniroot(pr, c(b,b+9), tol=1e-8)$root
  print(exp(c(b,lo,hi))); if (length(L)==2) print(mantelhaen.test(array(unlist(L),c(2,2,length(L))),correct=FALSE)$p.value) }
print({t<-A[[1]]; n<-sum(t); x<-suppressWarnings(chisq.test(t,correct=FALSE))$statistic; pchisq(x*(n-1)/n,1,lower=FALSE)})
# shares
x <- c(40,18,9); n <- c(45,20,12); y <- log((x+.5)/(n-x+.5)); v <- 1/(x+.5)+1/(n-x+.5)
r <- pool(y,v); print(plogis(r[1:3])); print(r[4:5]); print(prop.test(sum(x),sum(n),.8,correct=FALSE)$p.value)
p <- prop.test(59,70,.8,correct=FALSE); print(c(p$estimate,p$conf.int,p$p.value))
# lead
print(binom.test(12,17)$p.value); a<-13/42;b<-6/42;se<-sqrt((a+b-(a-b)^2)/42); print(c(7/40,a-b-qnorm(.975)*se,a-b+qnorm(.975)*se))
# medians
mid <- function(v) { t <- table(v); if (length(t)==1) return(as.numeric(names(t))); x <- as.numeric(names(t)); approx((cumsum(t)-t/2)/sum(t), x, .5)$y }
g1 <- c(3,4,4,5,5,5,6,7,8,4,5,6); g0 <- c(2,3,3,3,4,4,4,5,3,2,4,3,6)
print(c(mid(g1), mid(g0))); print(suppressWarnings(wilcox.test(g1,g0,exact=FALSE,correct=FALSE))$p.value)
set.seed(1); B <- 2e5; print(c(var(replicate(B, mid(sample(g1,replace=TRUE)))), var(replicate(B, mid(sample(g0,replace=TRUE))))))
# van Elteren, by hand over two sites
s1 <- list(c(3,4,4,5,5,5),c(2,3,3,3,4,4,4)); s2 <- list(c(6,7,8,4,5,6),c(5,3,2,4,3,6))
U<-0;V<-0; for (s in list(s1,s2)) { n<-length(unlist(s)); r<-rank(unlist(s)); m<-length(s[[1]]); w<-1/(n+1); U<-U+w*(sum(r[1:m])-m*(n+1)/2); V<-V+w^2*m*(n-m)/n*var(r) }
print(pchisq(U^2/V,1,lower=FALSE))
# trend
ev <- c(9,8,5,2); nn <- c(12,15,14,13); N<-sum(nn); print(pchisq(prop.trend.test(ev,nn,0:3)$statistic*(N-1)/N,1,lower=FALSE))
print(p.adjust(c(.01,.04,.03,.2,.0004),"holm"))
