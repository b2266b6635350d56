/** The broker: configuration, command line and the wiring of its verticles. */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
