/** Tests of what the benchmarks are judged by. */
@NullMarked
package io.millrace.micro;

import org.jspecify.annotations.NullMarked;
