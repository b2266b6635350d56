/** Codecs, beside those of Kafka. */
@NullMarked
package io.millrace.client.serde;

import org.jspecify.annotations.NullMarked;
