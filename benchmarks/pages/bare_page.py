"""The least that a page of Streamlit can be that has a table and a chart: what it takes is nobody's to save."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.title("A table and a chart")
st.dataframe(pd.DataFrame({"class": range(50)}), key="table")
st.plotly_chart(go.Figure(go.Bar(y=[each % 7 for each in range(50)])), key="chart")
