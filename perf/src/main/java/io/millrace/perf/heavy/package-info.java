/** Clients that are many, slow, greedy or fast against one broker with a small heap, and what groups cost. */
@NullMarked
package io.millrace.perf.heavy;

import org.jspecify.annotations.NullMarked;
