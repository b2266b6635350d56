package io.millrace.wire;

import io.netty.channel.FileRegion;
import java.io.IOException;

/**
 * A region that sends only what is at hand, so that no event loop waits for a disk. When its next bytes are not, it stalls:
 * it ends early, {@link #count} being what was sent. Whoever writes it keeps a hold of it, has a worker {@link #fetch}, and
 * writes it again, before anything else goes to the same socket. Used by one thread at a time.
 */
public interface StallingRegion extends FileRegion {

    /** Whether it ended early, because a {@link #fetch} is due. */
    boolean isStalled();

    /**
     * Brings a piece of what comes next to hand; blocks on the disk.
     *
     * @throws IOException when it cannot be read; then the region never gets to its end
     */
    void fetch() throws IOException;
}
