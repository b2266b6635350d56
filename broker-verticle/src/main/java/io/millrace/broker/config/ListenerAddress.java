package io.millrace.broker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code listeners} or {@code advertised.listeners}.
 *
 * @param name the listener's name, upper case
 * @param host a host name or address, or empty for all interfaces
 * @param port 0 to 65535; 0 stands for any free port
 */
public record ListenerAddress(String name, String host, int port) {
    private static final int PORT_MAX = 65_535;

    /** {@code NAME://host:port,...}, with IPv6 addresses in brackets; null if the text is anything else. */
    public static @Nullable List<ListenerAddress> parseList(String text) {
        List<ListenerAddress> all = new ArrayList<>();
        for (String item : Allowed.items(text)) {
            ListenerAddress address = parse(item);
            if (address == null) {
                return null;
            }
            all.add(address);
        }
        return List.copyOf(all);
    }

    private static @Nullable ListenerAddress parse(String text) {
        int scheme = text.indexOf("://");
        int colon = text.lastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3) {
            return null;
        }
        String host = text.substring(scheme + 3, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0 || host.indexOf('/') >= 0) {
            return null;
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return port < 0 || port > PORT_MAX
                    ? null
                    : new ListenerAddress(text.substring(0, scheme).toUpperCase(Locale.ROOT), host, port);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether it stands for every interface of the machine, which is no address to connect to. */
    public boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }
}
