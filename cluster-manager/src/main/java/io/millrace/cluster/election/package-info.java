/**
 * Pure decisions about brokers, topics and configs: an image goes in, an answer and records come out. Beside the path;
 * called on the metadata log's thread, or anywhere to see what would be decided.
 */
@NullMarked
package io.millrace.cluster.election;

import org.jspecify.annotations.NullMarked;
