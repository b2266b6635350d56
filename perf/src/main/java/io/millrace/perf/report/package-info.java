/**
 * From result files to one HTML page that needs no network: {@code report}. {@link io.millrace.perf.report.Findings} says
 * what the files hold, a class for each section says it in HTML, and {@link io.millrace.perf.report.Page} puts everything into
 * one file. What is decided is decided here; the page's script draws.
 */
@NullMarked
package io.millrace.perf.report;

import org.jspecify.annotations.NullMarked;
