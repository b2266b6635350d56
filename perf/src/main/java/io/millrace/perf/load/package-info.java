/** Load generators, each a process of its own, and readers of what they print. */
@NullMarked
package io.millrace.perf.load;

import org.jspecify.annotations.NullMarked;
