package io.millrace.broker.storage.segment;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A file region that gives back its hold of the file, where Netty's own would close the channel under other readers. */
final class SegmentRegion extends DefaultFileRegion {

    private final OpenFile open;

    SegmentRegion(OpenFile open, FileChannel channel, long position, long count) {
        super(channel, position, count);
        this.open = open;
    }

    @Override
    protected void deallocate() {
        open.release();
    }
}
