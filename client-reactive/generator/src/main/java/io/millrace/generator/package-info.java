/**
 * Reads Kafka's message schemas and writes the Java classes of {@code io.millrace.wire.message}. Runs in the build, on one
 * thread.
 */
@NullMarked
package io.millrace.generator;

import org.jspecify.annotations.NullMarked;
