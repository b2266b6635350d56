/** Two brokers side by side under the same load, in alternating rounds: throughput, latency and broker CPU. */
@NullMarked
package io.millrace.perf.speed;

import org.jspecify.annotations.NullMarked;
