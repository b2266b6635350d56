/** Tests of the page, without a browser and, by the tag {@code browser}, in one. */
@NullMarked
package io.millrace.perf.report;

import org.jspecify.annotations.NullMarked;
