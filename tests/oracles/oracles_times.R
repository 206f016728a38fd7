# Oracle numbers of curves over time that oracles.R lacks: more groups, public sets, late entry, weights.
# Run in this folder: Rscript oracles_times.R [whas500_sksurv.csv]; reads cohort.csv, gbsg.csv and heart.csv, writes reference_times.json.
suppressMessages({library(survival);library(jsonlite)})
R <- list(); put <- function(id,what,input,values,tol=1e-6,note="") R[[id]] <<- list(what=what,input=input,values=values,tol=tol,note=note)
d <- read.csv("cohort.csv"); d$any <- as.integer(d$event>0); g <- read.csv("gbsg.csv"); h <- read.csv("heart.csv"); n <- nrow(d)
fit <- function(s,data,weights=NULL) { data$w <- if (is.null(weights)) rep(1,nrow(data)) else weights; survfit(s~1,data,weights=w,conf.type="log-log") }
curve <- function(f,at,tau) { s <- summary(f,times=at); q <- quantile(f,.5); m <- survival:::survmean(f,rmean=tau)$matrix
  list(at=at,surv=s$surv,lo=s$lower,hi=s$upper,se=s$std.err,atrisk=s$n.risk,median=unname(c(q$quantile,q$lower,q$upper)),tau=tau,rmst=unname(m["rmean"]),rmst_se=unname(m["se(rmean)"])) }
test <- function(f,data) { s <- survdiff(f,data); k <- length(s$n)-1; list(statistic=s$chisq,df=k,p=pchisq(s$chisq,k,lower.tail=FALSE)) }
by <- function(time,status,groups) lapply(split(seq_along(time),groups),function(i) { q <- quantile(survfit(Surv(time[i],status[i])~1,conf.type="log-log"),.5); unname(c(q$quantile,q$lower,q$upper)) })
public <- function(time,status,groups,x,at,tau) { s <- Surv(time,status); cc <- concordance(s~x,reverse=TRUE); cu <- concordance(s~x,reverse=TRUE,timewt="n/G2",ymax=tau)
  c(curve(survfit(s~1,conf.type="log-log"),at,tau),list(groups=lapply(groups,function(v) c(test(s~v,NULL),list(medians=by(time,status,v)))),concordance=unname(cc$concordance),concordance_se=sqrt(unname(cc$var)),uno=unname(cu$concordance))) }

put("K2_groups","Any event by site (6) and by grade: log-rank, medians with log-log limits by site","cohort.csv",list(site=test(Surv(time,any)~site,d),mcc=test(Surv(time,any)~mcc,d),site_medians=by(d$time,d$any,d$site)))
put("K3_gbsg","Recurrence-free survival of gbsg (survival package), days: Kaplan-Meier with log-log limits, median, RMST, log-rank by hormon and by grade with medians, Harrell C of the number of nodes with SE, Uno C up to tau","gbsg.csv",public(g$rfstime,g$status,list(hormon=g$hormon,grade=g$grade),g$nodes,c(365,730,1825),1825))
put("K4_late_entry","Kaplan-Meier with entry (start, stop] of the Stanford heart transplants","heart.csv",curve(survfit(Surv(start,stop,event)~1,h,conf.type="log-log"),c(30,100,500),500))
e <- (seq_len(n)-1)%%9; k <- e<d$time; m <- survfit(Surv(e[k],d$time[k],factor(d$event[k],0:2))~1,id=seq_len(sum(k))); s <- summary(m,times=c(12,36,60))
put("K5_late_entry_competing","Aalen-Johansen with entry = (row number - 1) modulo 9, rows whose entry is not before their time left out","cohort.csv",list(at=c(12,36,60),progression=s$pstate[,2],death=s$pstate[,3]))
w <- 1+(seq_len(n)-1)%%3; cw <- concordance(Surv(time,any)~age,d,weights=w,reverse=TRUE)
put("K6_weights","Kaplan-Meier and Harrell C of age with weights 1 + (row number - 1) modulo 3","cohort.csv",c(curve(fit(Surv(d$time,d$any),d,w),c(12,36,60),60),list(concordance=unname(cw$concordance))))
a <- commandArgs(TRUE); if (length(a)) { x <- read.csv(a[1]); put("K7_whas500","As K3 on whas500 (days): log-rank by gender and by av3, C of age","whas500_sksurv.csv (not kept here)",public(x$time,x$status,list(gender=x$gender,av3=x$av3),x$age,c(100,365,1500),1500)) }
R$.versions <- list(R=R.version.string,survival=as.character(packageVersion("survival")))
write_json(R,"reference_times.json",auto_unbox=TRUE,digits=15,pretty=TRUE,na="null"); cat(length(R)-1,"oracles\n")
