package io.millrace.broker.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Holds conversations of mutated and true requests, one connection after the other, never waiting long for a broker
 * that does not answer or does not read: then it hangs up, sometimes politely, sometimes with a reset.
 */
final class HostileSender implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static final long REACTION_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int FRAMES_MAX = 24;

    private final int port;
    private final List<byte[]> corpus;
    private final Selector selector;
    private final ByteBuffer drain = ByteBuffer.allocate(64 * 1024);

    HostileSender(int port, List<byte[]> corpus) throws IOException {
        this.port = port;
        this.corpus = corpus;
        this.selector = Selector.open();
    }

    /**
     * One connection from its beginning to its end. The broker hangs up on most mutated frames, so after each the sender
     * gives it a moment to do so: what it counts is looked at.
     *
     * @return how many mutated frames were sent before the broker hung up
     */
    int converse(long seed) throws IOException {
        Random random = new Random(seed);
        FrameMutator mutator = new FrameMutator(corpus, random);
        int sent = 0;
        try (SocketChannel channel = connect()) {
            boolean open = true;
            for (int left = 1 + random.nextInt(FRAMES_MAX); open && left > 0; left--) {
                if (random.nextInt(4) == 0) {
                    open = send(channel, mutator.original());
                } else {
                    open = send(channel, mutator.mutated());
                    sent += open ? 1 : 0;
                    open = open && isOpenAfter(channel, REACTION_NANOS);
                }
            }
            if (open && random.nextInt(8) == 0) {
                channel.shutdownOutput();
                isOpenAfter(channel, PATIENCE_NANOS);
            } else {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException hungUp) {
            // What a broker does to such a client.
        }
        selector.selectNow();
        return sent;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        return channel;
    }

    private boolean send(SocketChannel channel, byte[] frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        while (bytes.hasRemaining() && System.nanoTime() < deadline) {
            channel.write(bytes);
            if (!drain(channel)) {
                return false;
            }
            if (bytes.hasRemaining()) {
                selector.select(10);
                selector.selectedKeys().clear();
            }
        }
        key.interestOps(SelectionKey.OP_READ);
        return !bytes.hasRemaining();
    }

    /** Reads until the first silence, or the end; false at the end. */
    private boolean isOpenAfter(SocketChannel channel, long nanos) throws IOException {
        long deadline = System.nanoTime() + nanos;
        boolean answered = false;
        while (drain(channel)) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || answered) {
                return true;
            }
            answered = selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left))) > 0;
            selector.selectedKeys().clear();
        }
        return false;
    }

    /** Reads what came; false if the broker hung up. */
    private boolean drain(SocketChannel channel) throws IOException {
        int n;
        do {
            drain.clear();
            n = channel.read(drain);
        } while (n > 0);
        return n == 0;
    }
}
