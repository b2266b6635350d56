/** Kills a real broker under load, again and again on one data folder, and compares what it promised with what it has. */
@NullMarked
package io.millrace.perf.crash;

import org.jspecify.annotations.NullMarked;
