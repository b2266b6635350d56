/** Seeds, and what several packages test with. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
