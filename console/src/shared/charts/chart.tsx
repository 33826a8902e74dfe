import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { ChartProps } from "./echart";

const EChart = lazy(() => import("./echart"));

/** A chart with axes. Say the same in an `AsTable` below it for who cannot see it. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 260} />}>
      <EChart {...props} />
    </Suspense>
  );
}
