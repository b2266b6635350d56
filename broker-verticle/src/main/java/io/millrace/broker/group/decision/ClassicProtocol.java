package io.millrace.broker.group.decision;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** A way of assigning that a classic member knows, and what it says about itself to whoever assigns so. Immutable. */
public final class ClassicProtocol {

    /** Roughly what one takes beside its characters and bytes. */
    private static final int ENTRY_BYTES = 120;

    private final String name;

    /** Never changed. */
    private final byte[] metadata;

    private ClassicProtocol(String name, byte[] metadata) {
        this.name = name;
        this.metadata = metadata;
    }

    /** @param metadata is copied */
    public static ClassicProtocol of(String name, ByteBuf metadata) {
        return new ClassicProtocol(name, ByteBufUtil.getBytes(metadata));
    }

    public String name() {
        return name;
    }

    /** A view of what the member says. */
    public ByteBuf metadata() {
        return Unpooled.wrappedBuffer(metadata);
    }

    /** Roughly what it takes in memory. */
    public int bytes() {
        return ENTRY_BYTES + name.length() + metadata.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClassicProtocol that
                && name.equals(that.name)
                && Arrays.equals(metadata, that.metadata);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(metadata);
    }

    @Override
    public String toString() {
        return name + " (" + metadata.length + " bytes)";
    }
}
