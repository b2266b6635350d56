/** Tests of the door to the micro-benchmarks. */
@NullMarked
package io.millrace.perf.micro;

import org.jspecify.annotations.NullMarked;
