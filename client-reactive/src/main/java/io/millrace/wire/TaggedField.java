package io.millrace.wire;

import io.netty.buffer.ByteBuf;

/**
 * A tagged field that the schema does not know, kept so that a message that is passed on loses nothing.
 *
 * @param data a slice of the frame that it was read from, not retained
 */
public record TaggedField(int tag, ByteBuf data) {}
