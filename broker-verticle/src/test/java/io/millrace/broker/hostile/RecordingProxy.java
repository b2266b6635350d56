package io.millrace.broker.hostile;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands between real clients and a broker and keeps every request that passes, as a frame with its length. The broker
 * must advertise the proxy's port, so that the clients come back to it.
 */
final class RecordingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final Queue<byte[]> requests = new ConcurrentLinkedQueue<>();
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile int brokerPort;
    private volatile boolean recording = true;

    RecordingProxy() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(server);
    }

    int port() {
        return server.getLocalPort();
    }

    void start(int brokerPort) {
        this.brokerPort = brokerPort;
        inBackground(() -> {
            while (true) {
                Socket client = server.accept();
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), this.brokerPort);
                open.add(client);
                open.add(broker);
                inBackground(() -> passRequests(client, broker));
                inBackground(() -> passResponses(broker, client));
            }
        });
    }

    /** What was recorded; from now on requests only pass. */
    List<byte[]> stopRecording() {
        recording = false;
        return new ArrayList<>(requests);
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }

    private void passRequests(Socket client, Socket broker) throws IOException {
        try (client;
                broker) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = broker.getOutputStream();
            while (true) {
                int length = in.readInt();
                byte[] frame = new byte[Frames.LENGTH_BYTES + length];
                ByteBuffer.wrap(frame).putInt(length);
                in.readFully(frame, Frames.LENGTH_BYTES, length);
                if (recording) {
                    requests.add(frame);
                }
                out.write(frame);
            }
        }
    }

    private static void passResponses(Socket broker, Socket client) throws IOException {
        try (broker;
                client) {
            broker.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static void inBackground(Pass pass) {
        Thread thread = new Thread(
                () -> {
                    try {
                        pass.run();
                    } catch (IOException closed) {
                        // One side hung up: so does the other.
                    }
                },
                "recording-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Pass {
        void run() throws IOException;
    }
}
