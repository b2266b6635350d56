/**
 * The producer between {@code send} and the socket, without either: {@link io.millrace.client.producer.Intake} finds a
 * partition for each record and a place in a batch, or lets it wait; {@link io.millrace.client.producer.Accumulator}
 * says which batches a broker is to be sent now and what each answer means.
 *
 * <p>Time and randomness are arguments, so that whole lives of a producer run in a test from a seed. All of it is owned by the
 * event loop of its producer.
 */
@NullMarked
package io.millrace.client.producer;

import org.jspecify.annotations.NullMarked;
