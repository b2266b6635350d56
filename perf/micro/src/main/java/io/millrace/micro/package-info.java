/**
 * Micro-benchmarks: each step of the request path by itself, beside the path. Run by JMH in JVMs of their own, on JMH's
 * threads, which take the place of the event loop or of a shard's threads.
 */
@NullMarked
package io.millrace.micro;

import org.jspecify.annotations.NullMarked;
