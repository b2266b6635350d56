/** The Kafka wire format: reading and writing messages on Netty buffers. Owned by whichever thread holds the buffer. */
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
