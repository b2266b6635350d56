/**
 * The consumer between what was fetched and what was committed: which records of a fetched record set an application sees
 * ({@link io.millrace.client.consumer.FetchedRecords}), how many it wants ({@link io.millrace.client.consumer.DemandLedger}),
 * and which it has done with ({@link io.millrace.client.consumer.AckLedger}). All of it decides on values, and is owned by the
 * event loop of its consumer.
 */
@NullMarked
package io.millrace.client.consumer;

import org.jspecify.annotations.NullMarked;
